package dev.warren.worker.handlers.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterHeaderTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "' 120 ', PT2M",
    "0, PT1S",
    "86400, PT24H",
    "86401, PT24H",
    "99999999999999999999, PT24H",
    "'Fri, 02 Jan 2026 03:05:05 GMT', PT1M",
    "'Friday, 02-Jan-26 03:05:05 GMT', PT1M",
    "'Fri, 02 Jan 2026 03:04:04 GMT', PT1S",
    "'Fri, 02 Jan 2099 03:04:04 GMT', PT24H",
  })
  void isSecondsOrADate(String value, Duration wait) {
    assertThat(RetryAfterHeader.waitOf(value, NOW)).contains(wait);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "soon", "-5", "1.5", "Fri, 02 Jan"})
  void isNone_whereItMakesNoSense(String value) {
    assertThat(RetryAfterHeader.waitOf(value, NOW)).isEmpty();
  }
}
