package dev.warren.contract.calculator;

import java.math.BigDecimal;

/**
 * Result of every {@code calculator} task.
 *
 * @param value of less than 1,000 digits, none of them a zero behind the point that says nothing
 */
public record NumberResult(BigDecimal value) {}
