package dev.warren.sender.requests;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Times and durations as clients write them, to the millisecond. */
final class Times {

  static final String INSTANT_EXAMPLE = "must be a time such as 2026-01-02T03:04:05Z (RFC 3339)";
  static final String DURATION_EXAMPLE = "must be a number of seconds, or a text such as PT1M30S";

  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(Integer.MAX_VALUE);

  private Times() {}

  static Optional<Instant> instant(String text) {
    try {
      var time = OffsetDateTime.parse(text);
      return time.getYear() < 1 || time.getYear() > 9999
          ? Optional.empty()
          : Optional.of(time.toInstant().truncatedTo(ChronoUnit.MILLIS));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Optional<Duration> duration(String text) {
    try {
      var duration = Duration.parse(text);
      return duration.isNegative() ? Optional.empty() : Optional.of(duration);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Optional<Duration> seconds(BigDecimal seconds) {
    return seconds.signum() < 0 || seconds.compareTo(MAX_SECONDS) > 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(seconds.movePointRight(3).longValue()));
  }
}
