package dev.warren.sender.ledger;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.ledger.database.Columns;
import dev.warren.sender.ledger.database.SqlBatch;
import dev.warren.sender.ledger.database.Text;
import dev.warren.sender.ledger.database.Times;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** The statements that change the ledger, in batches; the same for every database. */
final class TaskSql {

  private static final int REASON = 64;
  private static final int CALLER = 64;
  private static final int CREATED_BY = 64;
  private static final int LABEL_NAME = 63;
  private static final int MAX_LABELS = 20;
  private static final int MARKER_ID = 64;
  private static final Duration MARKERS_KEPT = Duration.ofMinutes(1);

  private static final String FACTS =
      "type, queue, created_at, not_before, expires_at, priority, timeout_ms, retry_max_attempts,"
          + " retry_min_backoff_ms, retry_max_backoff_ms, retry_multiplier, retry_jitter, caller,"
          + " reply_to, correlation_id, labels, payload, created_by, traceparent";

  private static final String STATE =
      "state, position, round, attempt, dispatch, heard_at, queued_at, due_at, started_at,"
          + " ended_at, worker, dead_reason, error_class, error_message, fingerprint, result";

  private static final String INSERT =
      "INSERT INTO task (id, %s, %s) VALUES (%s) ON CONFLICT DO NOTHING"
          .formatted(FACTS, STATE, marks(1 + count(FACTS) + count(STATE)));

  private static final String FILL =
      "UPDATE task SET %s WHERE id = ? AND payload IS NULL AND NOT erased".formatted(set(FACTS));

  // Only by a copy of the same task: whoever may publish could else have the answer of another.
  private static final String ADDRESS =
      "UPDATE task SET reply_to = ?, correlation_id = ? WHERE id = ? AND reply_to IS NULL"
          + " AND type = ? AND payload = ? AND NOT erased";

  private static final String CHANGE =
      ("UPDATE task SET %s, progress_percent = NULL, progress_note = NULL WHERE id = ?"
              + " AND position < ? AND (round < ? OR (round = ? AND state NOT IN %s))")
          .formatted(set(STATE), TaskRows.TERMINAL);

  private static final String CANCEL_REQUESTED =
      "SELECT id FROM task WHERE id IN (:ids) AND cancel_requested_at IS NOT NULL"
          + " AND state IN ('RETRY_WAIT', 'DEAD')";

  private static final String CANCEL_FAILED =
      "UPDATE task SET state = 'CANCELLED', due_at = NULL, ended_at = ?, dead_reason = NULL,"
          + " fingerprint = NULL WHERE id = ?";

  private static final String PROGRESS =
      "UPDATE task SET progress_percent = ?, progress_note = ? WHERE id = ? AND position = ?"
          + " AND state = 'RUNNING' AND (progress_percent IS NULL OR progress_percent <= ?)";

  private static final String LABEL =
      "INSERT INTO task_label (task_id, name, label, created_at) VALUES (?, ?, ?, ?)"
          + " ON CONFLICT DO NOTHING";

  private static final String MARKER =
      "INSERT INTO ledger_marker (id, seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING";

  private static final String FORGET = "DELETE FROM ledger_marker WHERE seen_at < ?";

  private final JdbcTemplate database;

  TaskSql(JdbcTemplate database) {
    this.database = database;
  }

  /**
   * A task as it may be inserted.
   *
   * @param facts all that never changes
   * @param carriesTask whether the facts are known, with the payload
   */
  record Row(Change change, TaskMessage facts, boolean carriesTask) {}

  /** By the database's clock, which decides; the same for a whole transaction. */
  Instant now() {
    var now = database.queryForObject("SELECT CURRENT_TIMESTAMP", OffsetDateTime.class);
    return Times.roundedUp(Objects.requireNonNull(now).toInstant());
  }

  /** Makes them seen, and forgets those that nobody waits for any more. */
  void mark(List<String> markers, Instant now) {
    if (!markers.isEmpty()) {
      batch(MARKER, markers, (columns, marker) -> columns.text(marker, MARKER_ID).time(now));
      batch(FORGET, List.of(now.minus(MARKERS_KEPT)), Columns::time);
    }
  }

  private record Label(String taskId, Instant createdAt, String name, String label) {}

  /** Answers which were not there yet. */
  boolean[] insert(List<Row> rows) {
    return batch(
        INSERT,
        rows,
        (columns, row) -> {
          columns.text(row.change().task().id());
          facts(columns, row.facts(), row.carriesTask());
          state(columns, row.change());
        });
  }

  /** Answers to which it applied. */
  boolean[] change(List<Change> changes) {
    return batch(
        CHANGE,
        changes,
        (columns, change) -> {
          var round = change.task().execution().round();
          state(columns, change);
          columns.text(change.task().id()).big(change.below()).whole(round).whole(round);
        });
  }

  /** Of those that failed now: whose end was asked for get no further attempt. Answers them. */
  Set<String> cancelRequested(Collection<String> failed, Instant now) {
    if (failed.isEmpty()) {
      return Set.of();
    }
    var named = new NamedParameterJdbcTemplate(database);
    var cancelled = named.queryForList(CANCEL_REQUESTED, Map.of("ids", failed), String.class);
    batch(
        CANCEL_FAILED,
        cancelled.stream().sorted().toList(),
        (columns, id) -> columns.time(now).text(id));
    return Set.copyOf(cancelled);
  }

  /** Answers which were not complete yet. */
  boolean[] fill(List<TaskMessage> tasks) {
    return batch(
        FILL,
        tasks,
        (columns, task) -> {
          facts(columns, task, true);
          columns.text(task.id());
        });
  }

  /** Answers of which it was not known yet whom to reply to. */
  boolean[] address(List<TaskMessage> tasks) {
    return batch(
        ADDRESS,
        tasks,
        (columns, task) ->
            columns
                .text(task.reply().replyTo())
                .text(task.reply().correlationId())
                .text(task.id())
                .text(task.type())
                .bytes(task.payload()));
  }

  /** To what is being done at this position; answers to which. */
  boolean[] progress(List<TaskEvent> events) {
    return batch(
        PROGRESS,
        events,
        (columns, event) -> {
          var progress = event.progress();
          var percent = progress == null ? 0 : progress.percent();
          columns
              .whole(percent)
              .text(progress == null ? null : progress.note(), Columns.NOTE)
              .text(Text.fit(event.task().id(), Columns.TEXT))
              .big(Position.of(event.task().execution(), event.delivery(), Position.Rank.RUNNING))
              .whole(percent);
        });
  }

  /** What tasks are found by. */
  void label(Collection<TaskMessage> tasks) {
    var labels = new ArrayList<Label>();
    for (var task : tasks) {
      task.options().labels().entrySet().stream()
          .limit(MAX_LABELS)
          .map(each -> new Label(task.id(), task.createdAt(), each.getKey(), each.getValue()))
          .forEach(labels::add);
    }
    batch(
        LABEL,
        labels,
        (columns, label) ->
            columns
                .text(label.taskId())
                .text(label.name(), LABEL_NAME)
                .text(label.label())
                .time(label.createdAt()));
  }

  /** The policies of those tasks that have one of their own. */
  Map<String, RetryPolicy> policies(Collection<String> ids) {
    var policies = new HashMap<String, RetryPolicy>();
    if (!ids.isEmpty()) {
      new NamedParameterJdbcTemplate(database)
          .query(
              "SELECT id, retry_max_attempts, retry_min_backoff_ms, retry_max_backoff_ms,"
                  + " retry_multiplier, retry_jitter FROM task"
                  + " WHERE id IN (:ids) AND retry_max_attempts IS NOT NULL",
              Map.of("ids", ids),
              row -> {
                var policy = TaskRows.retry(row);
                if (policy != null) {
                  policies.put(row.getString("id"), policy);
                }
              });
    }
    return policies;
  }

  private static void facts(Columns columns, TaskMessage task, boolean withPayload)
      throws SQLException {
    var options = task.options();
    var retry = options.retry();
    columns
        .text(task.type())
        .text(task.queue())
        .time(task.createdAt())
        .time(options.notBefore())
        .time(options.expiresAt())
        .whole(options.priority())
        .millis(options.timeout())
        .whole(retry == null ? null : retry.maxAttempts())
        .millis(retry == null ? null : retry.minBackoff())
        .millis(retry == null ? null : retry.maxBackoff())
        .number(retry == null ? null : retry.multiplier())
        .number(retry == null ? null : retry.jitter())
        .text(task.reply().caller(), CALLER)
        .text(task.reply().replyTo())
        .text(task.reply().correlationId())
        .text(TaskRows.json(options.labels()), Integer.MAX_VALUE)
        .bytes(withPayload ? task.payload() : null)
        .text(task.createdBy(), CREATED_BY)
        .text(task.trace() == null ? null : task.trace().toString());
  }

  private static void state(Columns columns, Change change) throws SQLException {
    var execution = change.task().execution();
    var failure = change.failure();
    columns
        .text(change.state().name())
        .big(change.position())
        .whole(execution.round())
        .whole(execution.attempt())
        .whole(execution.dispatch())
        .time(change.heardAt())
        .time(change.queuedAt())
        .time(change.dueAt())
        .time(change.startedAt())
        .time(change.endedAt())
        .text(change.worker())
        .text(change.deadReason(), REASON)
        .text(failure == null ? null : failure.errorClass())
        .text(failure == null ? null : failure.message(), Columns.ERROR_MESSAGE)
        .text(change.fingerprint())
        .bytes(change.result());
  }

  private <T> boolean[] batch(String sql, List<T> values, SqlBatch.Setter<T> setter) {
    return SqlBatch.run(database, sql, values, setter);
  }

  private static int count(String columns) {
    return columns.split(",").length;
  }

  private static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  private static String set(String columns) {
    return columns.replace(",", " = ?,") + " = ?";
  }
}
