package dev.warren.sender.following;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskView.Failure;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a task stands; the rest of it never changes.
 *
 * @param nextAttemptAt when it is sent to its queue, where it waits for that
 * @param cancelRequestedAt since when its worker is told to end it
 */
record Standing(
    TaskState state,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant nextAttemptAt,
    @Nullable Instant cancelRequestedAt,
    @Nullable Progress progress,
    @Nullable String deadReason,
    @Nullable Failure error,
    boolean erased) {

  /** Of a task that the broker has just taken. */
  static Standing accepted(TaskMessage task) {
    return task.options().isScheduled()
        ? unbegun(TaskState.SCHEDULED, task.options().notBefore())
        : unbegun(TaskState.QUEUED, null);
  }

  private static Standing unbegun(TaskState state, @Nullable Instant nextAttemptAt) {
    return new Standing(state, null, null, nextAttemptAt, null, null, null, null, false);
  }

  /** Of a task whose end this event tells. */
  static Standing ended(TaskEvent event) {
    var failure = event.failure();
    return new Standing(
        TaskState.valueOf(event.kind().name()),
        event.startedAt(),
        event.endedAt(),
        null,
        null,
        null,
        deadReason(event),
        failure == null ? null : new Failure(failure.errorClass(), failure.message()),
        false);
  }

  /** As far as the event tells. */
  private static @Nullable String deadReason(TaskEvent event) {
    var failure = event.failure();
    if (event.kind() != TaskEvent.Kind.DEAD || failure == null) {
      return null;
    }
    if (failure.permanent()) {
      return "permanent";
    }
    var retry = event.task().options().retry();
    var allowed = (retry == null ? RetryPolicy.DEFAULT : retry).maxAttempts();
    return event.task().execution().attempt() >= allowed ? "attempts-used-up" : null;
  }

  static Standing of(ResultSet row) throws SQLException {
    var state = TaskState.valueOf(row.getString("state"));
    var waits = state == TaskState.SCHEDULED || state == TaskState.RETRY_WAIT;
    return new Standing(
        state,
        TaskRows.instant(row, "started_at"),
        TaskRows.instant(row, "ended_at"),
        waits ? TaskRows.instant(row, "due_at") : null,
        TaskRows.instant(row, "cancel_requested_at"),
        progress(row),
        row.getString("dead_reason"),
        Failure.of(row),
        row.getBoolean("erased"));
  }

  private static @Nullable Progress progress(ResultSet row) throws SQLException {
    var percent = row.getObject("progress_percent", Integer.class);
    return percent == null ? null : new Progress(percent, row.getString("progress_note"));
  }
}
