package dev.warren.contract.calculator;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.util.List;

/**
 * Payload of {@code calculator.mean}.
 *
 * @param numbers at most 10,000 of the {@link NumberRange}; that there is one is the worker's
 *     affair, whose failure has a code
 */
public record NumbersPayload(
    @NotNull @Size(max = 10_000) @AcceptableNumber List<BigDecimal> numbers) {}
