package dev.warren.contract.calculator;

import jakarta.validation.constraints.NotNull;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@code calculator.logarithm}: numbers of the {@link NumberRange}.
 *
 * @param base Euler's number where it is missing
 */
public record LogarithmPayload(
    @NotNull @AcceptableNumber BigDecimal value, @Nullable @AcceptableNumber BigDecimal base) {}
