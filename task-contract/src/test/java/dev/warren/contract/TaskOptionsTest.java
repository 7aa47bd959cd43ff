package dev.warren.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskOptionsTest {

  @ParameterizedTest
  @CsvSource({"PT1S, PT1S", "PT25M, PT25M", "PT25M0.001S, PT25M", "PT0S, PT1M", "PT-1S, PT1M"})
  void boundTheTimeOfAnAttempt(Duration asked, Duration given) {
    assertThat(withTimeout(asked).effectiveTimeout()).isEqualTo(given);
  }

  @Test
  void giveAnAttemptAMinuteByDefault() {
    assertThat(TaskOptions.NONE.effectiveTimeout()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void areScheduled_whereTheyNameATime() {
    var later = Instant.parse("2026-01-02T03:04:05Z");
    var delayed = new TaskOptions(null, Duration.ZERO, null, null, null, null, Map.of());
    var timed = new TaskOptions(null, null, later, null, null, null, Map.of());

    assertThat(TaskOptions.NONE.isScheduled()).isFalse();
    assertThat(delayed.isScheduled()).isTrue();
    assertThat(timed.isScheduled()).isTrue();
  }

  @Test
  void keepTheirOwnRetryPolicy() {
    var own = new RetryPolicy(2, Duration.ZERO, Duration.ZERO, 1, 0);

    var options = TaskOptions.NONE.orRetry(own).orRetry(RetryPolicy.DEFAULT);

    assertThat(options.retry()).isEqualTo(own);
  }

  private static TaskOptions withTimeout(@Nullable Duration timeout) {
    return new TaskOptions(null, null, null, null, timeout, null, Map.of());
  }
}
