package dev.warren.sender.explaining;

import dev.warren.contract.Execution;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskState;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.sender.following.TaskView.Failure;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger knows of a task.
 *
 * @param deliveries of this execution, as far as workers have told
 * @param dueAt when the scheduler is to publish it; null where it is not to
 * @param hasPayload whether it could be published
 * @param now by the database's clock
 */
record TaskFacts(
    String id,
    TaskState state,
    String queue,
    @Nullable Integer priority,
    Execution execution,
    int maxAttempts,
    int deliveries,
    @Nullable Instant queuedAt,
    @Nullable Instant dueAt,
    @Nullable Instant expiresAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    Duration timeout,
    @Nullable String worker,
    @Nullable String deadReason,
    @Nullable Failure error,
    boolean hasPayload,
    Instant now) {

  /** Whether the ledger believes it to be in its queue or with a worker, and not lost. */
  boolean isAtBroker() {
    return (state == TaskState.QUEUED || state == TaskState.RUNNING) && dueAt == null;
  }

  static TaskFacts of(ResultSet row, int number) throws SQLException {
    return new TaskFacts(
        row.getString("id"),
        TaskState.valueOf(row.getString("state")),
        row.getString("queue"),
        row.getObject("priority", Integer.class),
        new Execution(row.getInt("round"), row.getInt("attempt"), row.getInt("dispatch")),
        maxAttempts(row),
        row.getInt("deliveries"),
        TaskRows.instant(row, "queued_at"),
        TaskRows.instant(row, "due_at"),
        TaskRows.instant(row, "expires_at"),
        TaskRows.instant(row, "started_at"),
        TaskRows.instant(row, "ended_at"),
        timeout(row),
        row.getString("worker"),
        row.getString("dead_reason"),
        Failure.of(row),
        row.getBoolean("has_payload"),
        Objects.requireNonNull(TaskRows.instant(row, "looked_at")));
  }

  private static int maxAttempts(ResultSet row) throws SQLException {
    var own = row.getObject("retry_max_attempts", Integer.class);
    return own != null
        ? own
        : TaskTypes.named(row.getString("type"))
            .map(TaskType::retry)
            .orElse(RetryPolicy.DEFAULT)
            .maxAttempts();
  }

  private static Duration timeout(ResultSet row) throws SQLException {
    var millis = row.getObject("timeout_ms", Long.class);
    var timeout = millis == null ? null : Duration.ofMillis(millis);
    return new TaskOptions(null, null, null, null, timeout, null, Map.of()).effectiveTimeout();
  }
}
