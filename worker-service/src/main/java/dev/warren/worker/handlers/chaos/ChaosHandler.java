package dev.warren.worker.handlers.chaos;

import dev.warren.contract.ChaosPayload;
import dev.warren.contract.ChaosResult;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.worker.WorkerProperties;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Misbehaves as it is told, where the worker allows it: sleeps first, then ends, fails or not. */
@Component
final class ChaosHandler implements TaskHandler<ChaosPayload, ChaosResult> {

  private final boolean allowed;
  private final ChaosJournal journal;

  ChaosHandler(WorkerProperties properties) {
    allowed = properties.chaos();
    journal = new ChaosJournal(properties.name(), properties.chaosJournal());
  }

  @Override
  public TaskType<ChaosPayload, ChaosResult> type() {
    return TaskTypes.CHAOS;
  }

  @Override
  public String describe(ChaosPayload payload) {
    var asked = payload.toString().replaceAll("\\w+=null(, )?", "");
    return asked.substring(asked.indexOf('[') + 1, asked.length() - 1).replaceFirst(", $", "");
  }

  @Override
  public ChaosResult handle(ChaosPayload payload, TaskContext context)
      throws PermanentFailure, ChaosFailure, InterruptedException {
    if (!allowed) {
      throw new PermanentFailure("this worker does no chaos; see WORKER_CHAOS");
    }
    journal.started(context);
    try {
      return misbehave(payload, context);
    } finally {
      journal.ended(context);
    }
  }

  private static ChaosResult misbehave(ChaosPayload payload, TaskContext context)
      throws PermanentFailure, ChaosFailure, InterruptedException {
    sleep(payload, context);
    if (isTrue(payload.exit())) {
      Runtime.getRuntime().halt(1);
    }
    if (isTrue(payload.permanent())) {
      throw new PermanentFailure("failed for good, as told");
    }
    var failures = Objects.requireNonNullElse(payload.failFirst(), 0);
    if (context.attempt() <= failures) {
      throw new ChaosFailure(context.attempt(), failures);
    }
    return new ChaosResult(context.attempt());
  }

  private static void sleep(ChaosPayload payload, TaskContext context) throws InterruptedException {
    var nanos = (long) (Objects.requireNonNullElse(payload.sleepSeconds(), 0.0) * 1e9);
    var start = System.nanoTime();
    for (var left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        context.progress((int) (100 * (System.nanoTime() - start) / nanos), "sleeping");
      } catch (InterruptedException e) {
        if (!isTrue(payload.ignoreInterrupt())) {
          throw e;
        }
      }
    }
  }

  private static boolean isTrue(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }

  /** One of the failures that were asked for. */
  static final class ChaosFailure extends Exception {
    ChaosFailure(int attempt, int failures) {
      super("attempt " + attempt + ", of which the first " + failures + " fail, as told");
    }
  }
}
