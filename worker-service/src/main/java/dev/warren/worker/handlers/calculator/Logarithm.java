package dev.warren.worker.handlers.calculator;

import static java.math.BigDecimal.ONE;

import dev.warren.worker.handlers.PermanentFailure;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Logarithms, as precise as a double; exact where the number is a whole power of the base. */
final class Logarithm {

  private static final BigDecimal HALF = new BigDecimal("0.5");

  /** Nearer than this to a whole number, it is worth looking whether it is that. */
  private static final double NEAR = 1e-9;

  /** Of exponents that both kinds of numbers have. */
  private static final int MAX_EXPONENT_OF_DOUBLE = 300;

  private Logarithm() {}

  /**
   * @param base null for Euler's number
   */
  static BigDecimal of(BigDecimal value, @Nullable BigDecimal base) throws PermanentFailure {
    if (value.signum() <= 0) {
      throw new PermanentFailure(
          "logarithm-undefined", "a number has a logarithm if it is above 0");
    }
    if (base == null) {
      return Arithmetic.result(BigDecimal.valueOf(natural(value)));
    }
    if (base.signum() <= 0 || base.compareTo(ONE) == 0) {
      throw new PermanentFailure(
          "logarithm-undefined", "a logarithm's base must be above 0 and not be 1");
    }
    var logarithm = natural(value) / natural(base);
    var whole = Math.rint(logarithm);
    return Math.abs(logarithm - whole) < NEAR && isPower(value, base, whole)
        ? BigDecimal.valueOf((long) whole)
        : Arithmetic.result(BigDecimal.valueOf(logarithm));
  }

  private static boolean isPower(BigDecimal value, BigDecimal base, double exponent) {
    return Power.exact(base, (int) Math.abs(exponent))
        .filter(
            exact ->
                exponent < 0
                    ? exact.multiply(value).compareTo(ONE) == 0
                    : exact.compareTo(value) == 0)
        .isPresent();
  }

  /** Of a number above 0, which may be larger and nearer to 0 or to 1 than any double. */
  static double natural(BigDecimal number) {
    var fromOne = number.subtract(ONE);
    if (fromOne.abs().compareTo(HALF) < 0) {
      return Math.log1p(fromOne.doubleValue());
    }
    var exponent = number.precision() - number.scale();
    return Math.abs(exponent) < MAX_EXPONENT_OF_DOUBLE
        ? Math.log(number.doubleValue())
        : Math.log(number.scaleByPowerOfTen(-exponent).doubleValue()) + exponent * Math.log(10);
  }
}
