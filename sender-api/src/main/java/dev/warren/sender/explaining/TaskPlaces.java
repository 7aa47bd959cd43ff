package dev.warren.sender.explaining;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads from the ledger where a task stands; blocks. */
@Component
final class TaskPlaces {

  /** More are not counted. */
  static final long MAX_AHEAD = 10_000;

  private static final String FACTS =
      """
      SELECT id, type, state, queue, priority, round, attempt, dispatch, retry_max_attempts,
      queued_at, due_at, expires_at, started_at, ended_at, timeout_ms, worker, dead_reason,
      error_class, error_message, payload IS NOT NULL AND NOT erased AS has_payload,
      CURRENT_TIMESTAMP AS looked_at,
      (SELECT COALESCE(MAX(delivery), 0) FROM task_event WHERE task_id = task.id
      AND task_event.round = task.round AND task_event.attempt = task.attempt
      AND task_event.dispatch = task.dispatch) AS deliveries
      FROM task WHERE id = :id
      """;

  /** Those that were queued at the same time are taken for others behind it. */
  private static final String EARLIER =
      """
      SELECT COUNT(*) FROM (SELECT 1 AS one FROM task
      WHERE state = 'QUEUED' AND queue = :queue AND queued_at < :queuedAt LIMIT :limit) AS ahead
      """;

  /** A task without a priority is one of the priority 4 for the broker. */
  private static final String EARLIER_OR_HIGHER =
      """
      SELECT COUNT(*) FROM (SELECT 1 AS one FROM task
      WHERE state = 'QUEUED' AND queue = :queue AND (COALESCE(priority, 4) > :priority
      OR (COALESCE(priority, 4) = :priority AND queued_at < :queuedAt)) LIMIT :limit) AS ahead
      """;

  private static final int USUAL_PRIORITY = 4;

  private final JdbcClient database;

  TaskPlaces(JdbcClient database) {
    this.database = database;
  }

  Optional<TaskFacts> find(String id) {
    return database.sql(FACTS).param("id", id).query(TaskFacts::of).optional();
  }

  /**
   * How many in its queue come before it, as far as the ledger can tell; one more than {@link
   * #MAX_AHEAD} where there are more.
   *
   * @param byPriority whether the broker honours priorities
   */
  long ahead(TaskFacts task, boolean byPriority) {
    var queuedAt = task.queuedAt() == null ? Instant.EPOCH : task.queuedAt();
    var priority = task.priority() == null ? USUAL_PRIORITY : task.priority();
    var count =
        database
            .sql(byPriority ? EARLIER_OR_HIGHER : EARLIER)
            .param("queue", task.queue())
            .param("queuedAt", queuedAt.atOffset(ZoneOffset.UTC))
            .param("limit", MAX_AHEAD + 1);
    return (byPriority ? count.param("priority", priority) : count).query(Long.class).single();
  }
}
