package dev.warren.worker;

import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Who this worker is, and what it takes.
 *
 * @param name in its log lines, its connections and its consumer tags
 * @param drainTimeout how long a task in hand may go on after SIGTERM before it is given back; a
 *     number alone is seconds
 * @param queues keys of the queues it takes tasks from; none for those that its handlers belong to
 * @param chaos whether it does {@code chaos} tasks
 * @param chaosJournal file to which each of their attempts adds its start and its end; none where
 *     empty
 */
@Validated
@ConfigurationProperties("worker")
public record WorkerProperties(
    @NotBlank String name,
    @DefaultValue("60s") @DurationUnit(ChronoUnit.SECONDS) Duration drainTimeout,
    @DefaultValue List<String> queues,
    @DefaultValue("false") boolean chaos,
    @DefaultValue("") String chaosJournal) {}
