package dev.warren.worker.handlers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The work failed, and another attempt is worth it after this time; attempts are counted still. */
public final class RetryAfter extends Exception {

  private final Duration duration;

  public RetryAfter(Duration duration, String message) {
    this(duration, message, null);
  }

  public RetryAfter(Duration duration, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.duration = duration;
  }

  public Duration duration() {
    return duration;
  }
}
