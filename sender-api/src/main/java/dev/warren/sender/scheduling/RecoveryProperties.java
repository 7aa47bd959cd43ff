package dev.warren.sender.scheduling;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When a task counts as lost.
 *
 * @param interval between two looks
 * @param emptyFor a queue that was empty at each look of so long holds nothing back; so long ago
 *     must an overtaker have ended, too: a broker takes 27 s to notice a frozen worker
 * @param desertedFor instead of emptyFor where it has no consumers: a queue without a leader, too,
 *     has neither tasks nor consumers for all that the broker tells
 * @param runningGrace beyond its timeout, before a running task of an empty queue is lost
 * @param overtakenBy a task is lost when others of its queue, queued so much later, have ended
 * @param caughtUpWithin a ledger that lags by more is not believed; with the interval, less than
 *     overtakenBy
 */
@Validated
@ConfigurationProperties("sender.recovery")
public record RecoveryProperties(
    @DefaultValue("10s") Duration interval,
    @DefaultValue("30s") Duration emptyFor,
    @DefaultValue("5m") Duration desertedFor,
    @DefaultValue("60s") Duration runningGrace,
    @DefaultValue("60s") Duration overtakenBy,
    @DefaultValue("5s") Duration caughtUpWithin) {}
