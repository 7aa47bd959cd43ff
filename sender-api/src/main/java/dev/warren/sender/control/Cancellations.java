package dev.warren.sender.control;

import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.sender.ledger.Endings;
import dev.warren.sender.ledger.EventLog;
import dev.warren.sender.ledger.LedgerEvents;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Cancels tasks in the ledger, and has the workers told. What waits is CANCELLED at once; of what
 * runs, the worker says how it ended.
 */
final class Cancellations {

  /**
   * One statement, so that a task that moves on meanwhile is found where it is then. A task that
   * waits for a time far off is in no scheduler's hands, which a lease may be in for some seconds:
   * no worker needs to know of it.
   */
  private static final String CANCEL =
      """
      UPDATE task SET
        state = CASE WHEN state = 'RUNNING' THEN state ELSE 'CANCELLED' END,
        due_at = CASE WHEN state = 'RUNNING' THEN due_at END,
        ended_at = CASE WHEN state = 'RUNNING' THEN ended_at ELSE CURRENT_TIMESTAMP END,
        heard_at = CASE WHEN state = 'RUNNING' THEN heard_at ELSE CURRENT_TIMESTAMP END,
        cancel_requested_at = CASE
          WHEN state = 'SCHEDULED' AND due_at > CURRENT_TIMESTAMP + INTERVAL '5' MINUTE THEN NULL
          ELSE COALESCE(cancel_requested_at, CURRENT_TIMESTAMP) END
      WHERE id = :id AND state IN ('SCHEDULED', 'RETRY_WAIT', 'QUEUED', 'RUNNING')
      """;

  private static final String ASKED =
      """
      SELECT id, state, cancel_requested_at IS NOT NULL AS told FROM task
      WHERE id IN (:ids) ORDER BY id
      """;

  private static final String AWAITED =
      """
      SELECT id, type, queue, created_at, round, attempt, dispatch, priority, not_before,
        expires_at, timeout_ms, retry_max_attempts, retry_min_backoff_ms, retry_max_backoff_ms,
        retry_multiplier, retry_jitter, caller, reply_to, correlation_id, labels, created_by,
        traceparent, NULL AS payload
      FROM task WHERE id IN (:ids) AND caller IS NOT NULL AND caller <> :nobody
      """;

  /** From the index of ends; H2 wants all of its columns named. */
  private static final String CANCELLED =
      """
      SELECT id FROM task WHERE state = 'CANCELLED' AND cancel_requested_at IS NOT NULL
      ORDER BY state DESC, ended_at DESC LIMIT :limit
      """;

  private static final String STILL_RUNNING =
      "SELECT id FROM task WHERE state = 'RUNNING' AND cancel_requested_at IS NOT NULL LIMIT :limit";

  private static final byte[] NOTHING = {};

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;
  private final TransactionTemplate transaction;
  private final LedgerEvents events;
  private final Endings endings;
  private final EventLog log;
  private final Downlink downlink;

  Cancellations(
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batches,
      TransactionTemplate transaction,
      LedgerEvents events,
      Endings endings,
      EventLog log,
      Downlink downlink) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.transaction = transaction;
    this.events = events;
    this.endings = endings;
    this.log = log;
    this.downlink = downlink;
  }

  /** What has become of one that is to be cancelled. */
  record Asked(String id, TaskState state, boolean told) {}

  private record Done(List<Asked> asked, List<TaskMessage> awaited) {}

  /** Cancels those of these that have not ended, and answers them. */
  List<Asked> cancel(Collection<String> ids) {
    var done = Objects.requireNonNull(transaction.execute(status -> mark(ids)));
    downlink.cancelled(done.asked.stream().filter(Asked::told).map(Asked::id).toList());
    done.awaited.forEach(task -> events.publish(cancelled(task)));
    return done.asked;
  }

  /** In the order of their ids, as the ledger locks them too. */
  private Done mark(Collection<String> ids) {
    var sorted = ids.stream().sorted().toList();
    var counts = batches.batchUpdate(CANCEL, parameters(sorted));
    var changed = new ArrayList<String>();
    for (var i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        changed.add(sorted.get(i));
      }
    }
    if (changed.isEmpty()) {
      return new Done(List.of(), List.of());
    }
    var asked = jdbc.sql(ASKED).param("ids", changed).query(Cancellations::asked).list();
    var ended = asked.stream().filter(each -> each.state.isTerminal()).map(Asked::id).toList();
    return new Done(asked, ended.isEmpty() ? List.of() : record(ended));
  }

  /** Answers those whose end someone waits for. */
  private List<TaskMessage> record(List<String> ended) {
    endings.note(ended);
    log.note(TaskEvent.Kind.CANCELLED.name(), TaskState.CANCELLED, ended);
    return jdbc.sql(AWAITED)
        .param("ids", ended)
        .param("nobody", ReplyAddress.NO_CALLER)
        .query((row, number) -> TaskRows.taskOf(row))
        .list();
  }

  /** What workers must know of that were not there, the newest last. */
  static List<String> newest(JdbcClient jdbc, int atMost) {
    var ids = new ArrayList<String>();
    for (var sql : List.of(STILL_RUNNING, CANCELLED)) {
      var left = atMost - ids.size();
      ids.addAll(jdbc.sql(sql).param("limit", left).query(String.class).list());
    }
    Collections.reverse(ids);
    return ids;
  }

  private static MapSqlParameterSource[] parameters(List<String> ids) {
    return ids.stream()
        .map(id -> new MapSqlParameterSource("id", id))
        .toArray(MapSqlParameterSource[]::new);
  }

  private static TaskEvent cancelled(TaskMessage task) {
    return new TaskEvent(
        TaskEvent.Kind.CANCELLED, task, 1, null, null, Instant.now(), null, null, NOTHING);
  }

  private static Asked asked(ResultSet row, int number) throws SQLException {
    var state = TaskState.valueOf(row.getString("state"));
    return new Asked(row.getString("id"), state, row.getBoolean("told"));
  }
}
