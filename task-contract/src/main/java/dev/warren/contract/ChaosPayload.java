package dev.warren.contract;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Payload of a {@code chaos} task: how to misbehave.
 *
 * @param failFirst so many attempts of each round fail
 * @param permanent fail for good
 * @param sleepSeconds work so long first
 * @param exit halt the worker's JVM
 * @param ignoreInterrupt go on sleeping when told to stop
 */
public record ChaosPayload(
    @Nullable @Min(0) @Max(1000) Integer failFirst,
    @Nullable Boolean permanent,
    @Nullable @Min(0) @Max(3600) Double sleepSeconds,
    @Nullable Boolean exit,
    @Nullable Boolean ignoreInterrupt) {}
