package dev.warren.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a task asks for beyond its type's defaults.
 *
 * @param priority 0 to 9, the highest first; honoured by RabbitMQ from 4.0 on
 * @param delay not to be run before it has passed, by the ledger's clock
 * @param notBefore not to be run before; with a delay, what it comes to by the clock of the API
 * @param expiresAt not to be run after
 * @param timeout how long one attempt may take
 * @param retry in place of the type's policy
 * @param labels by which tasks are found again
 */
public record TaskOptions(
    @Nullable Integer priority,
    @Nullable Duration delay,
    @Nullable Instant notBefore,
    @Nullable Instant expiresAt,
    @Nullable Duration timeout,
    @Nullable RetryPolicy retry,
    Map<String, String> labels) {

  /** Nothing beyond the defaults. */
  public static final TaskOptions NONE =
      new TaskOptions(null, null, null, null, null, null, Map.of());

  /** How long one attempt may take unless the task says otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** The broker takes a delivery back after 30 minutes. */
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(25);

  /** The same, with this policy where there is none. */
  public TaskOptions orRetry(RetryPolicy policy) {
    return retry != null
        ? this
        : new TaskOptions(priority, delay, notBefore, expiresAt, timeout, policy, labels);
  }

  /** The same, not to be run after. */
  public TaskOptions expiringAt(@Nullable Instant time) {
    return new TaskOptions(priority, delay, notBefore, time, timeout, retry, labels);
  }

  /** The same, not to be found by labels. */
  public TaskOptions withoutLabels() {
    return new TaskOptions(priority, delay, notBefore, expiresAt, timeout, retry, Map.of());
  }

  /** How long one attempt may take. */
  public Duration effectiveTimeout() {
    if (timeout == null || timeout.isNegative() || timeout.isZero()) {
      return DEFAULT_TIMEOUT;
    }
    return timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout;
  }

  /** Whether it must wait in the ledger first. */
  public boolean isScheduled() {
    return delay != null || notBefore != null;
  }
}
