package dev.warren.sender.scheduling;

import dev.warren.contract.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Deletes what ended long ago, in chunks so small that nobody has to wait for them. */
final class Retention {

  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  private static final String JOB = "retention";

  /** One state at a time, from the index of their ends; H2 wants all of its columns named. */
  private static final String ENDED =
      """
      SELECT id, ended_at FROM task
      WHERE state = :state AND ended_at >= :from AND ended_at < :before
      ORDER BY state, ended_at LIMIT :limit
      """;

  private static final String LOCK =
      """
      SELECT id FROM task WHERE id IN (:ids) AND ended_at < :before
      FOR UPDATE SKIP LOCKED
      """;

  /**
   * Who followed events until before these has missed some. By task, or PostgreSQL would look for
   * the highest from the newest event on, past all there are.
   */
  private static final String FORGET =
      """
      UPDATE event_log SET forgotten = GREATEST(forgotten, COALESCE((SELECT MAX(newest) FROM
        (SELECT MAX(sequence) AS newest FROM task_event WHERE task_id IN (:ids) GROUP BY task_id) AS tasks), 0))
      """;

  private static final String FORGET_CLAIMS =
      """
      DELETE FROM claim WHERE name IN
      (SELECT name FROM claim WHERE made_at < :before ORDER BY made_at LIMIT :limit)
      """;

  private static final OffsetDateTime EVER = Instant.EPOCH.atOffset(ZoneOffset.UTC);

  private final Leases leases;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final RetentionProperties properties;

  Retention(
      Leases leases,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      RetentionProperties properties) {
    this.leases = leases;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.properties = properties;
  }

  /** Deletes all that is old, where this replica is the one to do so. */
  void clean() {
    if (!hold()) {
      return;
    }
    var now = leases.now();
    var deleted = 0;
    for (var state : TaskState.terminal()) {
      var kept = state == TaskState.DEAD ? properties.dead() : properties.finished();
      deleted += delete(state, utc(now.minus(kept)));
    }
    forgetClaims(utc(now.minus(properties.claims())));
    if (deleted > 0) {
      log.info("{} tasks that ended long ago are forgotten", deleted);
    }
  }

  private void forgetClaims(OffsetDateTime before) {
    int forgotten;
    do {
      forgotten =
          jdbc.sql(FORGET_CLAIMS)
              .param("before", before)
              .param("limit", properties.chunkSize())
              .update();
    } while (forgotten == properties.chunkSize() && paused() && hold());
  }

  private boolean hold() {
    return leases.hold(JOB, properties.interval().multipliedBy(3));
  }

  private int delete(TaskState state, OffsetDateTime before) {
    var deleted = 0;
    var from = EVER;
    List<Ended> chunk;
    do {
      chunk = chunk(state, from, before);
      if (chunk.isEmpty()) {
        return deleted;
      }
      deleted += delete(chunk, before);
      from = chunk.get(chunk.size() - 1).endedAt;
    } while (chunk.size() == properties.chunkSize() && paused() && hold());
    return deleted;
  }

  /** From where the last one ended, so that what another holds is not read again and again. */
  private List<Ended> chunk(TaskState state, OffsetDateTime from, OffsetDateTime before) {
    return jdbc.sql(ENDED)
        .param("state", state.name())
        .param("from", from)
        .param("before", before)
        .param("limit", properties.chunkSize())
        .query(Retention::ended)
        .list();
  }

  private int delete(List<Ended> chunk, OffsetDateTime before) {
    var ids = chunk.stream().map(Ended::id).toList();
    return transaction.execute(
        status -> {
          var locked =
              jdbc.sql(LOCK).param("ids", ids).param("before", before).query(String.class).list();
          return locked.isEmpty() ? 0 : delete(locked);
        });
  }

  private int delete(List<String> ids) {
    jdbc.sql("DELETE FROM task_label WHERE task_id IN (:ids)").param("ids", ids).update();
    var deleted = jdbc.sql("DELETE FROM task WHERE id IN (:ids)").param("ids", ids).update();
    jdbc.sql(FORGET).param("ids", ids).update();
    jdbc.sql("DELETE FROM task_event WHERE task_id IN (:ids)").param("ids", ids).update();
    return deleted;
  }

  private boolean paused() {
    try {
      Thread.sleep(properties.pause().toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Ended ended(ResultSet row, int number) throws SQLException {
    return new Ended(row.getString("id"), row.getObject("ended_at", OffsetDateTime.class));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private record Ended(String id, OffsetDateTime endedAt) {}
}
