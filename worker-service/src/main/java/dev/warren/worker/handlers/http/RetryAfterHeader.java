package dev.warren.worker.handlers.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** When an answer says that another call is worth it. */
final class RetryAfterHeader {

  static final String NAME = "Retry-After";

  /** Of nobody's answer a task is held back longer. */
  private static final Duration MAX = Duration.ofDays(1);

  /** "Now" is no reason to try as fast as can be. */
  private static final Duration MIN = Duration.ofSeconds(1);

  private static final int MAX_DIGITS = 9;

  private RetryAfterHeader() {}

  /**
   * The wait, from 1 s to 1 day; empty where the header makes no sense.
   *
   * @param value seconds, or a date of HTTP
   */
  static Optional<Duration> waitOf(@Nullable String value, Instant now) {
    if (value == null) {
      return Optional.empty();
    }
    var text = value.strip();
    if (text.matches("[0-9]+")) {
      return Optional.of(
          text.length() > MAX_DIGITS ? MAX : bounded(Duration.ofSeconds(Long.parseLong(text))));
    }
    return Optional.ofNullable(DateUtils.parseStandardDate(text))
        .map(time -> bounded(Duration.between(now, time)));
  }

  private static Duration bounded(Duration wait) {
    if (wait.compareTo(MIN) < 0) {
      return MIN;
    }
    return wait.compareTo(MAX) > 0 ? MAX : wait;
  }
}
