package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.InvalidPayload;
import dev.warren.contract.PayloadReader;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskFailure;
import dev.warren.worker.execution.AttemptEnd;
import dev.warren.worker.execution.AttemptListener;
import dev.warren.worker.execution.Attempts;
import dev.warren.worker.execution.Failures;
import dev.warren.worker.execution.TaskHandlers;
import dev.warren.worker.execution.Work;
import dev.warren.worker.handlers.TaskHandler;
import dev.warren.worker.publishing.TaskEvents;
import dev.warren.worker.tracing.TaskTraces;
import dev.warren.worker.tracing.TracedTask;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Has a task executed, and answers with the event that says what became of it. */
final class TaskExecution {

  private static final byte[] NOTHING = {};

  private final String worker;
  private final TaskHandlers handlers;
  private final PayloadReader payloads;
  private final Attempts attempts;
  private final TaskEvents events;
  private final TaskReport report;
  private final TaskTraces traces;
  private final Clock clock;

  TaskExecution(
      String worker,
      TaskHandlers handlers,
      PayloadReader payloads,
      Attempts attempts,
      TaskEvents events,
      TaskReport report,
      TaskTraces traces,
      Clock clock) {
    this.worker = worker;
    this.handlers = handlers;
    this.payloads = payloads;
    this.attempts = attempts;
    this.events = events;
    this.report = report;
    this.traces = traces;
    this.clock = clock;
  }

  /**
   * Executes it, unless it was cancelled or its time is over.
   *
   * @throws Unprocessable where there is no handler for it
   * @throws InterruptedException where this worker must stop before the task is done
   */
  TaskEvent outcomeOf(TaskDelivery delivery) throws Unprocessable, InterruptedException {
    try (var trace = traces.begin(delivery.task())) {
      var outcome = outcomeOf(delivery, trace);
      trace.ended(outcome);
      return outcome;
    }
  }

  private TaskEvent outcomeOf(TaskDelivery delivery, TracedTask trace)
      throws Unprocessable, InterruptedException {
    var task = delivery.task();
    if (attempts.isCancelled(task.id())) {
      report.cancelled(task, null);
      return event(Kind.CANCELLED, delivery, null, clock.instant(), null, null, NOTHING);
    }
    var handler =
        handlers
            .of(task.type())
            .orElseThrow(
                () ->
                    new Unprocessable(
                        DeadReason.UNKNOWN_TYPE,
                        "no handler for it; there are " + handlers.types()));
    var expiresAt = task.options().expiresAt();
    var now = clock.instant();
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      report.expired(task, expiresAt);
      return event(Kind.EXPIRED, delivery, null, now, null, null, NOTHING);
    }
    return outcomeOf(delivery, handler, trace);
  }

  private TaskEvent outcomeOf(TaskDelivery delivery, TaskHandler<?, ?> handler, TracedTask trace)
      throws InterruptedException {
    try {
      var work = Work.of(handler, delivery.task().payload(), payloads);
      report.received(delivery, work.description());
      var end = attempts.make(work, trace.task(), new Teller(delivery));
      if (end.cancelled()) {
        report.cancelled(delivery.task(), end.took());
        return event(Kind.CANCELLED, delivery, end.startedAt(), end.endedAt(), null, null, NOTHING);
      }
      var failure = end.failure();
      return failure == null
          ? succeeded(delivery, end)
          : failed(delivery, handler, failure, end.startedAt(), end.endedAt());
    } catch (InvalidPayload e) {
      var now = clock.instant();
      return failed(delivery, handler, Failures.of(e), now, now);
    }
  }

  private TaskEvent succeeded(TaskDelivery delivery, AttemptEnd end) {
    report.done(delivery.task(), end.took());
    return event(
        Kind.SUCCEEDED, delivery, end.startedAt(), end.endedAt(), null, null, end.result());
  }

  /** With all that the ledger needs to send the task again. */
  private TaskEvent failed(
      TaskDelivery delivery,
      TaskHandler<?, ?> handler,
      TaskFailure failure,
      Instant startedAt,
      Instant endedAt) {
    var task = delivery.task().with(delivery.task().options().orRetry(handler.type().retry()));
    var complete = new TaskDelivery(task, delivery.delivery(), delivery.redelivered());
    report.failed(task, failure);
    return event(Kind.FAILED, complete, startedAt, endedAt, failure, null, task.payload());
  }

  private TaskEvent event(
      Kind kind,
      TaskDelivery of,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable TaskFailure failure,
      @Nullable Progress progress,
      byte[] body) {
    return new TaskEvent(
        kind, of.task(), of.delivery(), worker, startedAt, endedAt, failure, progress, body);
  }

  /** Tells the ledger of an attempt while it goes on. */
  private final class Teller implements AttemptListener {

    private final TaskDelivery delivery;

    Teller(TaskDelivery delivery) {
      this.delivery = delivery;
    }

    @Override
    public void running(Instant startedAt) {
      events.tell(event(Kind.RUNNING, delivery, startedAt, null, null, null, NOTHING));
    }

    @Override
    public void progressed(Progress progress) {
      events.tell(event(Kind.PROGRESS, delivery, null, null, null, progress, NOTHING));
    }
  }
}
