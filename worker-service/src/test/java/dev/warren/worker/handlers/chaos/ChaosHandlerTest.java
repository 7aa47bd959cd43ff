package dev.warren.worker.handlers.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.contract.ChaosPayload;
import dev.warren.contract.ChaosResult;
import dev.warren.worker.WorkerProperties;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TestContext;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChaosHandlerTest {

  private final ChaosHandler handler = handler(true);

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void isRefused_whereItIsNotAllowed() {
    var exit = new ChaosPayload(null, null, null, true, null);

    assertThatThrownBy(() -> handler(false).handle(exit, TestContext.ofAttempt(1)))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("WORKER_CHAOS");
  }

  @Test
  void failsAsManyAttemptsAsItIsTold() throws Exception {
    var twice = new ChaosPayload(2, null, null, null, null);

    assertThatThrownBy(() -> handler.handle(twice, TestContext.ofAttempt(1)))
        .hasMessageContaining("attempt 1");
    assertThatThrownBy(() -> handler.handle(twice, TestContext.ofAttempt(2)))
        .isNotInstanceOf(PermanentFailure.class);
    assertThat(handler.handle(twice, TestContext.ofAttempt(3))).isEqualTo(new ChaosResult(3));
  }

  @Test
  void failsForGood_whenItIsTold() {
    var permanent = new ChaosPayload(null, true, null, null, null);

    assertThatThrownBy(() -> handler.handle(permanent, TestContext.ofAttempt(1)))
        .isInstanceOf(PermanentFailure.class);
  }

  @Test
  void endsAtItsInterrupt() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> handler.handle(sleeping(60, null), TestContext.ofAttempt(1)))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void ignoresItsInterrupt_whenItIsTold() throws Exception {
    var start = System.nanoTime();
    Thread.currentThread().interrupt();

    var context = TestContext.ofAttempt(1);
    handler.handle(sleeping(0.3, true), context);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(299));
    assertThat(context.percents()).isNotEmpty();
  }

  @Test
  void describesWhatItIsAskedFor() {
    assertThat(handler.describe(new ChaosPayload(2, null, 0.5, null, null)))
        .isEqualTo("failFirst=2, sleepSeconds=0.5");
    assertThat(handler.describe(new ChaosPayload(null, null, null, null, null))).isEmpty();
  }

  private static ChaosPayload sleeping(double seconds, Boolean ignoreInterrupt) {
    return new ChaosPayload(null, null, seconds, null, ignoreInterrupt);
  }

  private static ChaosHandler handler(boolean allowed) {
    return new ChaosHandler(new WorkerProperties("w", Duration.ZERO, List.of(), allowed, ""));
  }
}
