package dev.warren.contract.calculator;

import jakarta.validation.constraints.NotNull;
import java.math.BigDecimal;

/**
 * Payload of {@code calculator.add}, {@code subtract}, {@code multiply} and {@code divide}: numbers
 * of the {@link NumberRange}.
 *
 * @param b is subtracted from {@code a}; divides it
 */
public record OperandsPayload(
    @NotNull @AcceptableNumber BigDecimal a, @NotNull @AcceptableNumber BigDecimal b) {}
