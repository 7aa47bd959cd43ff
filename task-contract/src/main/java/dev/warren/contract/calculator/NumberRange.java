package dev.warren.contract.calculator;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * The numbers that the calculator takes: at most {@value #MAX_DIGITS} significant digits, and, in
 * scientific notation, an exponent from -{@value #MAX_EXPONENT} to {@value #MAX_EXPONENT}. Every
 * double is among them. What is computed exactly from two of them has less than 1,000 digits, which
 * is the longest number that JSON parsers take.
 */
public final class NumberRange {

  public static final int MAX_DIGITS = 100;

  public static final int MAX_EXPONENT = 400;

  private NumberRange() {}

  /** Whether its exponent is in the range, however many digits it has. */
  public static boolean holds(BigDecimal number) {
    var exponent = (long) number.precision() - number.scale() - 1;
    return Math.abs(exponent) <= MAX_EXPONENT;
  }

  /** What is wrong with a number and what to change; empty where it is in the range. */
  static Optional<String> problemWith(BigDecimal number) {
    return number.precision() <= MAX_DIGITS && holds(number)
        ? Optional.empty()
        : Optional.of(
            "must have at most %d significant digits, and an exponent from -%d to %d"
                .formatted(MAX_DIGITS, MAX_EXPONENT, MAX_EXPONENT));
  }
}
