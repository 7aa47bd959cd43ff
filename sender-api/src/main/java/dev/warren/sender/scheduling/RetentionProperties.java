package dev.warren.sender.scheduling;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long the ledger remembers.
 *
 * @param finished tasks that are done, cancelled or expired
 * @param dead tasks that are dead
 * @param claims Idempotency-Keys, and ids that clients gave to tasks
 * @param interval between two runs
 * @param chunkSize tasks deleted in one transaction
 * @param pause between two of these, for others
 */
@Validated
@ConfigurationProperties("sender.retention")
public record RetentionProperties(
    @DefaultValue("7d") Duration finished,
    @DefaultValue("30d") Duration dead,
    @DefaultValue("24h") Duration claims,
    @DefaultValue("1m") Duration interval,
    @DefaultValue("500") @Min(1) int chunkSize,
    @DefaultValue("50ms") Duration pause) {}
