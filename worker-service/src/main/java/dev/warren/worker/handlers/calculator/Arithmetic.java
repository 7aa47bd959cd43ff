package dev.warren.worker.handlers.calculator;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import dev.warren.contract.calculator.NumberRange;
import dev.warren.worker.handlers.PermanentFailure;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** Sums, products and quotients of numbers of the {@link NumberRange}, in which the results are. */
final class Arithmetic {

  /** Of a division: 34 digits, half to even. */
  static final MathContext ROUNDED = MathContext.DECIMAL128;

  private static final MathContext SHOWN = new MathContext(5);

  private Arithmetic() {}

  static BigDecimal add(BigDecimal a, BigDecimal b) throws PermanentFailure {
    return result(a.add(b));
  }

  static BigDecimal subtract(BigDecimal a, BigDecimal b) throws PermanentFailure {
    return result(a.subtract(b));
  }

  static BigDecimal multiply(BigDecimal a, BigDecimal b) throws PermanentFailure {
    return result(a.multiply(b));
  }

  static BigDecimal divide(BigDecimal a, BigDecimal b) throws PermanentFailure {
    if (b.signum() == 0) {
      throw new PermanentFailure("division-by-zero", "nothing can be divided by 0");
    }
    return result(a.divide(b, ROUNDED));
  }

  static BigDecimal mean(List<BigDecimal> numbers) throws PermanentFailure {
    if (numbers.isEmpty()) {
      throw new PermanentFailure("empty-list", "no numbers have no mean");
    }
    return result(sum(numbers).divide(BigDecimal.valueOf(numbers.size()), ROUNDED));
  }

  /** Numbers of one scale are added in no time; others are made hundreds of digits long for it. */
  private static BigDecimal sum(List<BigDecimal> numbers) {
    return numbers.stream()
        .collect(toMap(BigDecimal::scale, identity(), BigDecimal::add))
        .values()
        .stream()
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /**
   * As it is answered: without zeros that say nothing; a whole number of up to {@value
   * NumberRange#MAX_DIGITS} digits with all of them.
   *
   * @throws PermanentFailure where it is out of the range
   */
  static BigDecimal result(BigDecimal number) throws PermanentFailure {
    if (number.signum() == 0) {
      return BigDecimal.ZERO;
    }
    if (!NumberRange.holds(number)) {
      throw outOfRange(
          "the result is about %s; its exponent must be from -%d to %d"
              .formatted(number.round(SHOWN), NumberRange.MAX_EXPONENT, NumberRange.MAX_EXPONENT));
    }
    var shortest = number.stripTrailingZeros();
    var isShortWhole =
        shortest.scale() < 0 && shortest.precision() - shortest.scale() <= NumberRange.MAX_DIGITS;
    return isShortWhole ? shortest.setScale(0) : shortest;
  }

  static PermanentFailure outOfRange(String message) {
    return new PermanentFailure("number-out-of-range", message);
  }
}
