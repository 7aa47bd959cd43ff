package dev.warren.contract.calculator;

import jakarta.validation.constraints.NotNull;
import java.math.BigDecimal;

/** Payload of {@code calculator.power}: numbers of the {@link NumberRange}. */
public record PowerPayload(
    @NotNull @AcceptableNumber BigDecimal base, @NotNull @AcceptableNumber BigDecimal exponent) {}
