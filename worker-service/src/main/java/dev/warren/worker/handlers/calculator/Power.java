package dev.warren.worker.handlers.calculator;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.ZERO;

import dev.warren.contract.calculator.NumberRange;
import dev.warren.worker.handlers.PermanentFailure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Optional;

/**
 * Powers. With a whole exponent the result is exact where it has at most {@value #MAX_EXACT} digits
 * and the exponent is not negative, else rounded to 34 digits; with any other exponent it is as
 * precise as a double. What would be out of the range is found out before it is computed.
 */
final class Power {

  /** Below the 1,000 that every parser of JSON takes. */
  private static final int MAX_EXACT = 900;

  /** So many times may be multiplied, in thirty squarings; JDK's own limit, too. */
  private static final BigDecimal MAX_WHOLE = BigDecimal.valueOf(999_999_999);

  /** The digits that are rounded away take the errors of all those multiplications. */
  private static final MathContext INEXACT = new MathContext(50);

  private static final BigInteger TWO = BigInteger.TWO;

  private static final BigDecimal NEAR = new BigDecimal("1e-8");

  /** A base with more is computed as digits and a power of ten, since a double may not hold it. */
  private static final int MAX_EXPONENT_OF_DOUBLE = 300;

  private Power() {}

  static BigDecimal of(BigDecimal base, BigDecimal exponent) throws PermanentFailure {
    if (base.signum() == 0) {
      return ofZero(exponent);
    }
    if (!isWhole(exponent)) {
      return fractional(base, exponent);
    }
    if (base.abs().compareTo(ONE) == 0) {
      return base.signum() > 0 || isEven(exponent) ? ONE : ONE.negate();
    }
    return whole(base, exponent);
  }

  private static BigDecimal ofZero(BigDecimal exponent) throws PermanentFailure {
    if (exponent.signum() < 0) {
      throw new PermanentFailure("division-by-zero", "0 has no power with a negative exponent");
    }
    return exponent.signum() == 0 ? ONE : ZERO;
  }

  private static boolean isWhole(BigDecimal number) {
    return number.stripTrailingZeros().scale() <= 0;
  }

  /** Of a whole number, which as an integer has some hundred digits. */
  private static boolean isEven(BigDecimal whole) {
    return whole.toBigInteger().mod(TWO).signum() == 0;
  }

  private static BigDecimal fractional(BigDecimal base, BigDecimal exponent)
      throws PermanentFailure {
    if (base.signum() < 0) {
      throw new PermanentFailure(
          "power-undefined", "a number below 0 has no power with an exponent that is not whole");
    }
    var power = asDouble(base, exponent.doubleValue());
    if (power == 0 || Double.isInfinite(power) || Double.isNaN(power)) {
      throw Arithmetic.outOfRange("the result is out of the range of a double");
    }
    return Arithmetic.result(BigDecimal.valueOf(power));
  }

  private static double asDouble(BigDecimal base, double exponent) {
    if (base.subtract(ONE).abs().compareTo(NEAR) < 0) { // as a double it is 1, whose logarithm is 0
      return Math.exp(exponent * Logarithm.natural(base));
    }
    var tens = base.precision() - base.scale() - 1;
    if (Math.abs(tens) < MAX_EXPONENT_OF_DOUBLE) {
      return Math.pow(base.doubleValue(), exponent);
    }
    var digits = base.scaleByPowerOfTen(-tens).doubleValue();
    return Math.pow(digits, exponent) * Math.pow(10, tens * exponent);
  }

  private static BigDecimal whole(BigDecimal base, BigDecimal exponent) throws PermanentFailure {
    var magnitude = exponent.doubleValue() * Logarithm.natural(base.abs()) / Math.log(10);
    if (Math.abs(magnitude) > NumberRange.MAX_EXPONENT + 2) {
      throw Arithmetic.outOfRange(
          "the result's exponent is far from those from -%1$d to %1$d"
              .formatted(NumberRange.MAX_EXPONENT));
    }
    if (exponent.abs().compareTo(MAX_WHOLE) > 0) {
      throw Arithmetic.outOfRange(
          "a whole exponent must be from -%1$s to %1$s".formatted(MAX_WHOLE));
    }
    var times = Math.abs(exponent.intValueExact());
    var exact = exact(base, times);
    if (exponent.signum() < 0) {
      var divisor = exact.orElseGet(() -> base.pow(times, INEXACT));
      return Arithmetic.result(ONE.divide(divisor, Arithmetic.ROUNDED));
    }
    return Arithmetic.result(
        exact.orElseGet(() -> base.pow(times, INEXACT).round(Arithmetic.ROUNDED)));
  }

  /** The power; empty where it has too many digits. */
  static Optional<BigDecimal> exact(BigDecimal base, int times) {
    var shortest = base.stripTrailingZeros();
    var digitsOfOne = Math.log10(shortest.unscaledValue().abs().doubleValue());
    return times * digitsOfOne < MAX_EXACT ? Optional.of(shortest.pow(times)) : Optional.empty();
  }
}
