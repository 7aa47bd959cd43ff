package dev.warren.contract;

import java.time.Duration;

/**
 * When a failed task is tried again: exponential backoff, capped, with jitter.
 *
 * @param maxAttempts of a round, the first included; 1 to 1,000
 * @param minBackoff before the second attempt
 * @param maxBackoff no wait is longer
 * @param multiplier by which each wait is longer than the one before; 1 to 10
 * @param jitter the part of each wait that is left to chance: 0 none of it, 1 all ("full jitter")
 */
public record RetryPolicy(
    int maxAttempts, Duration minBackoff, Duration maxBackoff, double multiplier, double jitter) {

  /** 5 attempts, from 1 s up to 5 min, full jitter. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofSeconds(1), Duration.ofMinutes(5), 2, 1);

  /** Whether another attempt follows when this one has failed. */
  public boolean allowsAfter(int attempt) {
    return attempt < maxAttempts;
  }

  /**
   * The wait before the next attempt.
   *
   * @param attempt the one that failed, from 1
   * @param chance from 0 to 1
   */
  public Duration backoffAfter(int attempt, double chance) {
    var growth = Math.pow(multiplier, Math.max(0, attempt - 1));
    var longest = Math.min(minBackoff.toMillis() * growth, maxBackoff.toMillis());
    return Duration.ofMillis(Math.round(longest * (1 - jitter * chance)));
  }
}
