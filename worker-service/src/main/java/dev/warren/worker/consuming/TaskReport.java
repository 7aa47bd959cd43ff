package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.worker.reporting.LogText;
import dev.warren.worker.reporting.TaskMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.MessageProperties;

/** A line and a number for each thing that happens to a task; {@code scripts/} reads the lines. */
final class TaskReport {

  private static final Logger log = LoggerFactory.getLogger(TaskReport.class);

  private final String worker;
  private final TaskMetrics metrics;

  TaskReport(String worker, TaskMetrics metrics) {
    this.worker = worker;
    this.metrics = metrics;
  }

  void received(TaskDelivery delivery, String description) {
    var task = delivery.task();
    log.info(
        "{} received {} {} {} attempt={} redelivered={} delivery={}",
        worker,
        LogText.of(task.id()),
        LogText.of(task.type()),
        LogText.quoted(description),
        task.execution().attempt(),
        delivery.redelivered(),
        delivery.delivery());
  }

  void done(TaskMessage task, Duration took) {
    metrics.done(task, took);
    log.info("{} done {} in {}s", worker, LogText.of(task.id()), LogText.seconds(took));
  }

  void failed(TaskMessage task, TaskFailure failure) {
    metrics.failed(task, failure);
    log.warn(
        "{} {} {} {} attempt={} {} ({})",
        worker,
        failure.timedOut() ? "timed-out" : "failed",
        LogText.of(task.id()),
        LogText.of(task.type()),
        task.execution().attempt(),
        LogText.of(failure.errorClass() + ": " + failure.message()),
        consequence(task, failure));
  }

  private static String consequence(TaskMessage task, TaskFailure failure) {
    var policy = Objects.requireNonNullElse(task.options().retry(), RetryPolicy.DEFAULT);
    if (failure.permanent()) {
      return "permanent";
    }
    if (!policy.allowsAfter(task.execution().attempt())) {
      return "the last attempt";
    }
    var after = failure.retryAfter();
    return after == null ? "retried by the policy" : "retried after " + after;
  }

  /**
   * @param took null where it was not run at all
   */
  void cancelled(TaskMessage task, @Nullable Duration took) {
    metrics.cancelled();
    log.info(
        "{} cancelled {} {} {}",
        worker,
        LogText.of(task.id()),
        LogText.of(task.type()),
        took == null ? "before it was run" : "after " + LogText.seconds(took) + "s");
  }

  void expired(TaskMessage task, Instant expiresAt) {
    metrics.expired();
    log.warn("{} expired {} {} at {}", worker, LogText.of(task.id()), task.type(), expiresAt);
  }

  void buried(MessageProperties task, DeadReason reason, String detail) {
    metrics.buried(reason);
    log.warn(
        "{} buried {} {} {}: {}",
        worker,
        LogText.of(Objects.requireNonNullElse(task.getMessageId(), "-")),
        LogText.of(Objects.requireNonNullElse(task.getType(), "-")),
        reason.code(),
        LogText.of(detail));
  }
}
