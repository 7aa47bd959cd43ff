package dev.warren.sender.scheduling;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskOptions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tasks that the ledger believes to be at the broker, which has them no more. Each method makes
 * some of them due and answers how many; what has moved on meanwhile is left alone.
 */
final class LostTasks {

  private static final int CHUNK = 500;

  private static final String QUEUED =
      """
      SELECT id, queued_at FROM task
      WHERE state = 'QUEUED' AND queue = :queue AND queued_at >= :from AND queued_at < :before
      AND due_at IS NULL AND payload IS NOT NULL AND NOT erased
      """;

  private static final String WITH_PRIORITY = " AND COALESCE(priority, -1) = :priority";

  /** The order of the index by place; H2 wants all of its columns named. */
  private static final String LONGEST_QUEUED_FIRST =
      " ORDER BY state, queue, queued_at LIMIT :limit";

  private static final String RUNNING =
      """
      SELECT id, position, timeout_ms, heard_at FROM task
      WHERE state = 'RUNNING' AND queue = :queue AND heard_at < :before
      AND due_at IS NULL AND payload IS NOT NULL AND NOT erased
      """;

  private static final String NEWEST_QUEUED =
      """
      SELECT id, queue, COALESCE(priority, -1) AS priority, round, attempt, dispatch, queued_at
      FROM task WHERE state = 'QUEUED' AND queue = :queue AND queued_at >= :since
      ORDER BY state DESC, queue DESC, queued_at DESC LIMIT 1
      """;

  private static final String ENDED =
      """
      SELECT id, round, attempt, dispatch FROM task
      WHERE id IN (:ids) AND state IN ('SUCCEEDED', 'RETRY_WAIT', 'DEAD') AND heard_at < :before
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  LostTasks(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /** One that waits at the end of its queue; once it has ended, all before it should have. */
  record Sample(String id, String queue, int priority, Execution execution, Instant queuedAt) {}

  /** Those queued before, of a queue that has been empty since. */
  int recoverQueued(String queue, Instant before) {
    return recoverQueued(QUEUED, Map.of("queue", queue), before);
  }

  /** Those queued before, of the queue and priority of this one, which has ended. */
  int recoverOvertaken(Sample by, Instant before) {
    var parameters = Map.of("queue", by.queue(), "priority", by.priority());
    return recoverQueued(QUEUED + WITH_PRIORITY, parameters, before);
  }

  /** Each chunk from where the last one ended: what was made due is not read again and again. */
  private int recoverQueued(String sql, Map<String, ?> parameters, Instant before) {
    var recovered = 0;
    var from = Instant.EPOCH;
    List<Queued> chunk;
    int made;
    do {
      chunk = queued(sql, parameters, from, before);
      made = chunk.isEmpty() ? 0 : recover(chunk, before);
      recovered += made;
      from = chunk.isEmpty() ? from : chunk.get(chunk.size() - 1).queuedAt;
    } while (made > 0 && chunk.size() == CHUNK);
    return recovered;
  }

  private List<Queued> queued(String sql, Map<String, ?> parameters, Instant from, Instant before) {
    return jdbc.sql(sql + LONGEST_QUEUED_FIRST)
        .params(parameters)
        .param("from", utc(from))
        .param("before", utc(before))
        .param("limit", CHUNK)
        .query((row, number) -> new Queued(row.getString("id"), instant(row, "queued_at")))
        .list();
  }

  private int recover(List<Queued> chunk, Instant before) {
    return recover(
        chunk.stream().map(Queued::id).toList(),
        "state = 'QUEUED' AND queued_at < :before",
        Map.of("before", utc(before)));
  }

  /**
   * Those at which no worker can be any more.
   *
   * @param grace beyond their timeout, since the ledger heard of them
   */
  int recoverRunning(String queue, Instant now, Duration grace) {
    var running =
        jdbc.sql(RUNNING)
            .param("queue", queue)
            .param("before", utc(now.minus(grace)))
            .query(LostTasks::running)
            .list();
    return recoverSilent(running, now, grace);
  }

  /**
   * The same of those that were begun before, of the queue and priority of this one, which has
   * ended: had they come back to the queue, they would have been begun again.
   */
  int recoverRunning(Sample by, Instant before, Instant now, Duration grace) {
    var running =
        jdbc.sql(RUNNING + WITH_PRIORITY)
            .param("queue", by.queue())
            .param("priority", by.priority())
            .param("before", utc(before))
            .query(LostTasks::running)
            .list();
    return recoverSilent(running, now, grace);
  }

  private int recoverSilent(List<Running> candidates, Instant now, Duration grace) {
    var recovered = 0;
    for (var running : candidates) {
      if (running.endsBy().plus(grace).isBefore(now)) {
        recovered +=
            recover(
                List.of(running.id),
                "state = 'RUNNING' AND position = :position",
                Map.of("position", running.position));
      }
    }
    return recovered;
  }

  /** The last in this queue, where it was queued since. */
  Optional<Sample> sample(String queue, Instant since) {
    return jdbc.sql(NEWEST_QUEUED)
        .param("queue", queue)
        .param("since", utc(since))
        .query(
            (row, number) ->
                new Sample(
                    row.getString("id"),
                    row.getString("queue"),
                    row.getInt("priority"),
                    execution(row),
                    instant(row, "queued_at")))
        .optional();
  }

  /** Those whose execution, and no other, came to its end before. */
  List<Sample> ended(Collection<Sample> samples, Instant before) {
    if (samples.isEmpty()) {
      return List.of();
    }
    var executions = new HashMap<String, Execution>();
    jdbc.sql(ENDED)
        .param("ids", samples.stream().map(Sample::id).toList())
        .param("before", utc(before))
        .query((RowCallbackHandler) row -> executions.put(row.getString("id"), execution(row)));
    return samples.stream()
        .filter(each -> each.execution().equals(executions.get(each.id())))
        .toList();
  }

  /** Does not wait for rows that the ledger works on: those are heard of. */
  private int recover(List<String> ids, String condition, Map<String, ?> parameters) {
    var lock =
        "SELECT id FROM task WHERE id IN (:ids) AND due_at IS NULL AND "
            + condition
            + " FOR UPDATE SKIP LOCKED";
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              var lost =
                  jdbc.sql(lock).param("ids", ids).params(parameters).query(String.class).list();
              return lost.isEmpty() ? 0 : makeDue(lost);
            }));
  }

  private int makeDue(List<String> ids) {
    return jdbc.sql("UPDATE task SET due_at = CURRENT_TIMESTAMP WHERE id IN (:ids)")
        .param("ids", ids)
        .update();
  }

  private static Running running(ResultSet row, int number) throws SQLException {
    return new Running(
        row.getString("id"),
        row.getLong("position"),
        row.getObject("timeout_ms", Long.class),
        instant(row, "heard_at"));
  }

  private static Execution execution(ResultSet row) throws SQLException {
    return new Execution(row.getInt("round"), row.getInt("attempt"), row.getInt("dispatch"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private record Queued(String id, Instant queuedAt) {}

  private record Running(String id, long position, @Nullable Long timeoutMillis, Instant heardAt) {

    Instant endsBy() {
      var timeout = timeoutMillis == null ? null : Duration.ofMillis(timeoutMillis);
      var options = new TaskOptions(null, null, null, null, timeout, null, Map.of());
      return heardAt.plus(options.effectiveTimeout());
    }
  }
}
