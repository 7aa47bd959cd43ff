package dev.warren.worker.reporting;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;

/** Counts what became of the tasks, and how long they took. */
public final class TaskMetrics {

  /** Few, since each type has them all. */
  private static final Duration[] BUCKETS =
      LongStream.of(5, 25, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Counter redelivered;
  private final Counter expired;
  private final Counter cancelled;
  private final Map<String, OfType> byType = new HashMap<>();
  private final Map<DeadReason, Counter> buried = new EnumMap<>(DeadReason.class);

  /**
   * @param types that there is a handler for
   */
  public TaskMetrics(Set<String> types, MeterRegistry meters) {
    types.forEach(type -> byType.put(type, new OfType(type, meters)));
    redelivered =
        counter("redelivered", "Tasks received that another delivery had not finished")
            .register(meters);
    expired = counter("expired", "Tasks not run since their time was over").register(meters);
    cancelled =
        counter("cancelled", "Tasks not run, or interrupted, since they were cancelled")
            .register(meters);
    for (var reason : DeadReason.values()) {
      buried.put(
          reason,
          counter("buried", "Tasks that this worker could not even try; they are dead")
              .tag("reason", reason.code())
              .register(meters));
    }
  }

  /** What became of the tasks of one type that there is a handler for. */
  private static final class OfType {

    private final Timer duration;
    private final Counter done;
    private final Counter failed;
    private final Counter failedForGood;
    private final Counter timedOut;

    OfType(String type, MeterRegistry meters) {
      duration =
          Timer.builder("warren.task.duration")
              .description("How long the handler of a task that was done has worked")
              .serviceLevelObjectives(BUCKETS)
              .tag("type", type)
              .register(meters);
      done =
          counter("done", "Tasks whose handler has returned a result")
              .tag("type", type)
              .register(meters);
      failed = failures("retryable", type).register(meters);
      failedForGood = failures("permanent", type).register(meters);
      timedOut = failures("timed-out", type).register(meters);
    }

    private static Counter.Builder failures(String outcome, String type) {
      return counter("failed", "Attempts that failed; timed-out ones may be tried again")
          .tag("outcome", outcome)
          .tag("type", type);
    }

    double failures() {
      return failed.count() + failedForGood.count() + timedOut.count();
    }
  }

  /** Only what a handler was found for is ever done, or fails. */
  private OfType of(TaskMessage task) {
    return Objects.requireNonNull(byType.get(task.type()));
  }

  private static Counter.Builder counter(String name, String description) {
    return Counter.builder("warren.tasks." + name).description(description);
  }

  public void received(boolean again) {
    if (again) {
      redelivered.increment();
    }
  }

  public void done(TaskMessage task, Duration took) {
    of(task).done.increment();
    of(task).duration.record(took);
  }

  /** Tasks done since the start. */
  public long totalDone() {
    return (long) byType.values().stream().mapToDouble(each -> each.done.count()).sum();
  }

  /** Attempts that failed since the start. */
  public long totalFailed() {
    return (long) byType.values().stream().mapToDouble(OfType::failures).sum();
  }

  public void failed(TaskMessage task, TaskFailure failure) {
    var ofType = of(task);
    if (failure.timedOut()) {
      ofType.timedOut.increment();
    } else {
      (failure.permanent() ? ofType.failedForGood : ofType.failed).increment();
    }
  }

  public void expired() {
    expired.increment();
  }

  public void cancelled() {
    cancelled.increment();
  }

  public void buried(DeadReason reason) {
    Objects.requireNonNull(buried.get(reason)).increment();
  }
}
