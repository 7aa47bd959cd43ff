package dev.warren.sender.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.Origin;
import io.grpc.Context;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class IncomingCallTest {

  private static final ScheduledExecutorService CLOCK = Executors.newScheduledThreadPool(1);

  @AfterAll
  static void stop() {
    CLOCK.shutdownNow();
  }

  @Test
  void waitsFor10Seconds_withoutADeadline() {
    assertThat(call(new Metadata()).timeToWait()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void waitsUntilItsDeadline_andNotForMoreThan60Seconds() throws Exception {
    assertThat(within(40, () -> call(new Metadata()).timeToWait()))
        .isPositive()
        .isLessThanOrEqualTo(Duration.ofSeconds(40));
    assertThat(within(3600, () -> call(new Metadata()).timeToWait()))
        .isEqualTo(Duration.ofSeconds(60));
    assertThat(within(-1, () -> call(new Metadata()).timeToWait())).isPositive();
  }

  @Test
  void expiresWithItsDeadline_onlyWhereThatIsWanted() throws Exception {
    var wanted = new Metadata();
    wanted.put(IncomingCall.EXPIRE, "true");
    assertThat(within(3600, () -> call(wanted).expiresAt()))
        .isBetween(Instant.now().plusSeconds(60), Instant.now().plusSeconds(3600));
    assertThat(call(wanted).expiresAt()).isBeforeOrEqualTo(Instant.now().plusSeconds(10));
    assertThat(within(3600, () -> call(new Metadata()).expiresAt())).isNull();
  }

  private static <T> T within(int seconds, Callable<T> work) throws Exception {
    var context = Context.current().withDeadlineAfter(seconds, TimeUnit.SECONDS, CLOCK);
    try {
      return context.call(work);
    } finally {
      context.cancel(null);
    }
  }

  /** Nothing is sent by it. */
  private static IncomingCall<?, ?> call(Metadata metadata) {
    return new IncomingCall<>(null, Origin.UNKNOWN, metadata, () -> true);
  }
}
