package dev.warren.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

  @Test
  void allowsAsManyAttemptsAsItSays() {
    assertThat(RetryPolicy.DEFAULT.allowsAfter(4)).isTrue();
    assertThat(RetryPolicy.DEFAULT.allowsAfter(5)).isFalse();
    assertThat(RetryPolicy.DEFAULT.allowsAfter(6)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "2, 2000", "3, 4000", "9, 256000", "10, 300000", "1000, 300000"})
  void growsUpToTheLongestWait(int attempt, long millis) {
    assertThat(RetryPolicy.DEFAULT.backoffAfter(attempt, 0)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"0, 4000", "0.25, 3000", "1, 0"})
  void leavesAllOfAWaitToChance_withFullJitter(double chance, long millis) {
    assertThat(RetryPolicy.DEFAULT.backoffAfter(3, chance)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 400", "0, 1, 400", "0.5, 1, 200", "0.5, 0.5, 300"})
  void leavesThePartOfTheJitterToChance(double jitter, double chance, long millis) {
    var policy = new RetryPolicy(5, Duration.ofMillis(100), Duration.ofSeconds(60), 2, jitter);

    assertThat(policy.backoffAfter(3, chance)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void knowsNoWaitThatIsNoTime() {
    var none = new RetryPolicy(1000, Duration.ZERO, Duration.ZERO, 10, 1);
    var longest = new RetryPolicy(1000, Duration.ofDays(36_500), Duration.ofDays(36_500), 10, 0);

    assertThat(none.backoffAfter(999, 0.5)).isZero();
    assertThat(longest.backoffAfter(999, 0.5)).isEqualTo(Duration.ofDays(36_500));
    assertThat(RetryPolicy.DEFAULT.backoffAfter(0, 0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(RetryPolicy.DEFAULT.backoffAfter(-5, 0)).isEqualTo(Duration.ofSeconds(1));
  }
}
