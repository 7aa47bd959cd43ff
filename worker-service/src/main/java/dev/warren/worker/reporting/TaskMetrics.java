package dev.warren.worker.reporting;

import dev.warren.contract.DeadReason;
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
  private final Map<DeadReason, Counter> failed = new EnumMap<>(DeadReason.class);

  TaskMetrics(MeterRegistry meters) {
    duration =
        Timer.builder("warren.task.duration")
            .description("Work of the tasks that were done")
            .publishPercentileHistogram()
            .register(meters);
    done = Counter.builder("warren.tasks.done").description("Tasks done").register(meters);
    redelivered =
        Counter.builder("warren.tasks.redelivered")
            .description("Tasks received that another delivery had not finished")
            .register(meters);
    for (var reason : DeadReason.values()) {
      failed.put(
          reason,
          Counter.builder("warren.tasks.failed")
              .description("Tasks buried")
              .tag("reason", reason.code())
              .register(meters));
    }
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

  public void failed(DeadReason reason) {
    Objects.requireNonNull(failed.get(reason)).increment();
  }
}
