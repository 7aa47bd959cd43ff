package dev.warren.worker;

import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Who this worker is.
 *
 * @param name in its log lines, its connections and its consumer tags
 * @param drainTimeout how long a task in hand may go on after SIGTERM before it is given back; a
 *     number alone is seconds
 */
@Validated
@ConfigurationProperties("worker")
public record WorkerProperties(
    @NotBlank String name,
    @DefaultValue("60s") @DurationUnit(ChronoUnit.SECONDS) Duration drainTimeout) {}
