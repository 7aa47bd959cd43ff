package dev.warren.sender.scheduling;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How what is due gets to its queue.
 *
 * @param pollInterval between two looks for what is due
 * @param batchSize at most so many tasks are claimed at once; as many as there may be in bulk
 * @param lease so long a claimed task is left to the one who claimed it; longer than its turn is
 *     waited for, and its confirm
 * @param refusedDelay after which a task that the broker refused is tried again
 */
@Validated
@ConfigurationProperties("sender.scheduling")
public record SchedulingProperties(
    @DefaultValue("200ms") Duration pollInterval,
    @DefaultValue("500") @Min(1) int batchSize,
    @DefaultValue("30s") Duration lease,
    @DefaultValue("1s") Duration refusedDelay) {}
