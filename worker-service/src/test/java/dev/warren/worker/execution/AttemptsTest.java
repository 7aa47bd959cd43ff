package dev.warren.worker.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.Execution;
import dev.warren.contract.InvalidPayload;
import dev.warren.contract.PayloadReader;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskType;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import jakarta.validation.Validation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@Timeout(150)
class AttemptsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final Attempts attempts = new Attempts("worker-1", Clock.fixed(NOW, ZoneOffset.UTC));
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void letAllEnd() {
    never.countDown();
    Thread.interrupted();
  }

  @Test
  void endWithTheResult() throws Exception {
    var end = make(Duration.ofSeconds(60), context -> "done");

    assertThat(new String(end.result(), UTF_8)).isEqualTo("\"done\"");
    assertThat(end.failure()).isNull();
    assertThat(end.startedAt()).isEqualTo(NOW);
    assertThat(end.endedAt()).isEqualTo(NOW.plus(end.took()));
    assertThat(heard).isEmpty();
  }

  @Test
  void knowTheirDeadline() throws Exception {
    var end = make(Duration.ofSeconds(90), context -> context.deadline() + " " + context.attempt());

    assertThat(new String(end.result(), UTF_8)).isEqualTo("\"" + NOW.plusSeconds(90) + " 1\"");
  }

  @Test
  void logWithTheTraceOfTheirDelivery_andOfNoOther() throws Exception {
    MDC.put("traceId", "abc");
    var traced = make(Duration.ofSeconds(60), context -> "" + MDC.get("traceId"));
    MDC.remove("traceId");
    var other = make(Duration.ofSeconds(60), context -> "" + MDC.get("traceId"));

    assertThat(new String(traced.result(), UTF_8)).isEqualTo("\"abc\"");
    assertThat(new String(other.result(), UTF_8)).isEqualTo("\"null\"");
  }

  @Test
  void areInterruptedAtTheDeadline() throws Exception {
    var interrupted = new CountDownLatch(1);

    var end =
        make(
            Duration.ofMillis(150),
            context -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                assertThat(context.isCancelled()).isTrue();
                interrupted.countDown();
              }
              return "too late";
            });

    assertThat(end.failure().timedOut()).isTrue();
    assertThat(end.result()).isEmpty();
    assertThat(interrupted.getCount()).isZero();
    assertThat(attempts.abandoned()).isZero();
    assertThat(heard).containsExactly("running since " + NOW);
  }

  @Test
  void areInterrupted_whenTheirTaskIsCancelled() throws Exception {
    var end =
        make(
            Duration.ofSeconds(60),
            context -> {
              attempts.cancel(List.of("other", context.id()));
              never.await();
              return "not wanted";
            });

    assertThat(end.cancelled()).isTrue();
    assertThat(end.failure()).isNull();
    assertThat(end.result()).isEmpty();
    assertThat(heard).isEmpty();
  }

  @Test
  void endWithTheResult_whenTheyAreDoneThoughTheirTaskIsCancelled() throws Exception {
    var end =
        make(
            Duration.ofSeconds(60),
            context -> {
              attempts.cancel(List.of(context.id()));
              assertThat(context.isCancelled()).isTrue();
              return Thread.interrupted() ? "interrupted" : "not";
            });

    assertThat(end.cancelled()).isFalse();
    assertThat(new String(end.result(), UTF_8)).isEqualTo("\"interrupted\"");
  }

  @Test
  void areNotMade_ofWhatWasCancelledBefore() throws Exception {
    attempts.cancel(List.of("id"));
    var begun = new CountDownLatch(1);

    var end =
        make(
            Duration.ofSeconds(60),
            context -> {
              begun.countDown();
              return "not wanted";
            });

    assertThat(end.cancelled()).isTrue();
    assertThat(begun.getCount()).isEqualTo(1);
  }

  @Test
  void areAbandoned_whenTheirTaskIsCancelledAndTheyAreDeaf() throws Exception {
    var ended = new CountDownLatch(1);

    var end =
        make(
            Duration.ofSeconds(60),
            context -> {
              attempts.cancel(List.of(context.id()));
              return deaf(ended);
            });

    assertThat(end.cancelled()).isTrue();
    assertThat(attempts.abandoned()).isEqualTo(1);
    ended.countDown();
  }

  @Test
  void keepTheNewestOfWhatIsCancelled() {
    var ids = IntStream.range(0, 10_001).mapToObj(Integer::toString).toList();
    attempts.cancel(ids.subList(0, 10_000));
    attempts.cancel(List.of("0", "10000"));

    assertThat(attempts.isCancelled("1")).isFalse();
    assertThat(List.of("0", "2", "10000")).allMatch(attempts::isCancelled);
  }

  @Test
  void areAbandoned_whenTheyAreDeaf() throws Exception {
    var ended = new CountDownLatch(1);

    var end = make(Duration.ofMillis(50), context -> deaf(ended));

    assertThat(end.failure().timedOut()).isTrue();
    assertThat(attempts.abandoned()).isEqualTo(1);
    ended.countDown();
    await().atMost(PATIENCE).until(() -> attempts.abandoned() == 0);
  }

  @Test
  void failByAnError_asByAnException() throws Exception {
    var end =
        make(
            Duration.ofSeconds(60),
            context -> {
              throw new StackOverflowError("too deep");
            });

    assertThat(end.failure()).isEqualTo(failure("StackOverflowError", "too deep", false));
    assertThat(end.result()).isEmpty();
  }

  @Test
  void failForGood_whenTheHandlerSaysSo() throws Exception {
    var end =
        make(
            Duration.ofSeconds(60),
            context -> {
              throw new PermanentFailure("NoUser", "no such user");
            });

    assertThat(end.failure()).isEqualTo(failure("NoUser", "no such user", true));
  }

  @Test
  void areInterrupted_whenTheWorkerMustStop() throws Exception {
    var interrupted = new CountDownLatch(1);
    var listener = Thread.currentThread();
    Handling work =
        context -> {
          listener.interrupt();
          try {
            never.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return "";
        };

    assertThatThrownBy(() -> make(Duration.ofSeconds(60), work))
        .isInstanceOf(InterruptedException.class);
    assertThat(interrupted.await(120, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void leaveNoInterruptToTheNext() throws Exception {
    make(
        Duration.ofSeconds(60),
        context -> {
          Thread.currentThread().interrupt();
          return "";
        });

    var end = make(Duration.ofSeconds(60), context -> "" + Thread.currentThread().isInterrupted());

    assertThat(new String(end.result(), UTF_8)).isEqualTo("\"false\"");
  }

  @Test
  void tellProgressOnceASecond_andNothingAfterTheirEnd() throws Exception {
    var leaked = new TaskContext[1];
    make(
        Duration.ofSeconds(60),
        context -> {
          leaked[0] = context;
          context.progress(-5, "first");
          context.progress(50, "second");
          return "";
        });

    leaked[0].progress(100, "too late");

    assertThat(heard).containsExactly("0 first");
  }

  private static TaskFailure failure(String errorClass, String message, boolean permanent) {
    return new TaskFailure(errorClass, message, permanent, false, null);
  }

  private static String deaf(CountDownLatch until) {
    while (until.getCount() > 0) {
      Thread.onSpinWait();
    }
    return "";
  }

  private AttemptEnd make(Duration timeout, Handling handling)
      throws InterruptedException, InvalidPayload {
    try (var validators = Validation.buildDefaultValidatorFactory()) {
      var payloads = PayloadReader.tolerant(validators.getValidator());
      var work = Work.of(new Handler(handling), "\"x\"".getBytes(UTF_8), payloads);
      return attempts.make(work, task(timeout), new Hearing());
    }
  }

  private static TaskMessage task(Duration timeout) {
    var options = new TaskOptions(null, null, null, null, timeout, null, Map.of());
    return new TaskMessage(
        "id", "x", "default", NOW, Execution.FIRST, options, ReplyAddress.NOBODY, new byte[0]);
  }

  private interface Handling {
    String by(TaskContext context) throws Exception;
  }

  private record Handler(Handling handling) implements TaskHandler<String, String> {
    @Override
    public TaskType<String, String> type() {
      return TaskType.of("x", String.class, String.class);
    }

    @Override
    public String handle(String payload, TaskContext context) throws Exception {
      return handling.by(context);
    }
  }

  private final class Hearing implements AttemptListener {
    @Override
    public void running(Instant startedAt) {
      heard.add("running since " + startedAt);
    }

    @Override
    public void progressed(Progress progress) {
      heard.add(progress.percent() + " " + progress.note());
    }
  }
}
