package dev.warren.worker.reporting;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Counts what became of the tasks, and how long they took. */
@Component
public final class TaskMetrics {

  private final Timer duration;
  private final Counter done;
  private final Counter redelivered;
  private final Counter expired;
  private final Counter cancelled;
  private final Counter failed;
  private final Counter failedForGood;
  private final Counter timedOut;
  private final Map<DeadReason, Counter> buried = new EnumMap<>(DeadReason.class);

  TaskMetrics(MeterRegistry meters) {
    duration =
        Timer.builder("warren.task.duration")
            .description("Work of the tasks that were done")
            .publishPercentileHistogram()
            .register(meters);
    done = counter("done", "Tasks done").register(meters);
    redelivered =
        counter("redelivered", "Tasks received that another delivery had not finished")
            .register(meters);
    expired = counter("expired", "Tasks not run since their time was over").register(meters);
    cancelled =
        counter("cancelled", "Tasks not run, or interrupted, since they were cancelled")
            .register(meters);
    failed = failures("retryable").register(meters);
    failedForGood = failures("permanent").register(meters);
    timedOut = failures("timed-out").register(meters);
    for (var reason : DeadReason.values()) {
      buried.put(
          reason, counter("buried", "Tasks buried").tag("reason", reason.code()).register(meters));
    }
  }

  private static Counter.Builder failures(String outcome) {
    return counter("failed", "Attempts that failed").tag("outcome", outcome);
  }

  private static Counter.Builder counter(String name, String description) {
    return Counter.builder("warren.tasks." + name).description(description);
  }

  public void received(boolean again) {
    if (again) {
      redelivered.increment();
    }
  }

  public void done(Duration took) {
    done.increment();
    duration.record(took);
  }

  /** Tasks done since the start. */
  public long totalDone() {
    return (long) done.count();
  }

  /** Attempts that failed since the start. */
  public long totalFailed() {
    return (long) (failed.count() + failedForGood.count() + timedOut.count());
  }

  public void failed(TaskFailure failure) {
    if (failure.timedOut()) {
      timedOut.increment();
    } else {
      (failure.permanent() ? failedForGood : failed).increment();
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
