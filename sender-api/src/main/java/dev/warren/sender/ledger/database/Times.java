package dev.warren.sender.ledger.database;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times of strangers, as they fit a column of milliseconds. */
public final class Times {

  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private Times() {}

  public static Instant fit(Instant time) {
    if (time.isBefore(FIRST)) {
      return FIRST;
    }
    return time.isAfter(LAST) ? LAST : time.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Never earlier than asked for. */
  public static Instant after(Instant time, Duration wait) {
    return wait.compareTo(Duration.between(time, LAST)) > 0 ? LAST : roundedUp(time.plus(wait));
  }

  public static Instant roundedUp(Instant time) {
    return time.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
  }
}
