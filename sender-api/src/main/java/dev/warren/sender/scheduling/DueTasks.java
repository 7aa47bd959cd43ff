package dev.warren.sender.scheduling;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.sender.ledger.TaskRows;
import dev.warren.sender.ledger.TaskStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What is due in the ledger. Several may claim at once: each row goes to one of them. No statement
 * here ever waits for a row that another transaction holds, so none can be part of a deadlock.
 */
final class DueTasks {

  private static final Logger log = LoggerFactory.getLogger(DueTasks.class);

  /** What is claimed at once is held in memory. */
  private static final long MAX_BYTES = 16 << 20;

  // Not locked yet: with ORDER BY, H2 would lock all that is due, and not just the first of it.
  private static final String DUE =
      """
      SELECT id, OCTET_LENGTH(payload) AS bytes, CURRENT_TIMESTAMP AS looked_at FROM task
      WHERE due_at <= CURRENT_TIMESTAMP AND payload IS NOT NULL AND NOT erased
      AND state NOT IN %s
      ORDER BY due_at LIMIT :limit
      """
          .formatted(TaskRows.TERMINAL);

  // By the ids, and no other index: PostgreSQL would read all that has just become due.
  private static final String LOCK_DUE =
      """
      SELECT id FROM task WHERE id IN (:ids) AND NOT COALESCE(due_at > CURRENT_TIMESTAMP, TRUE)
      AND payload IS NOT NULL AND NOT erased
      AND state NOT IN %s
      FOR UPDATE SKIP LOCKED
      """
          .formatted(TaskRows.TERMINAL);

  private static final String LEASE = "UPDATE task SET due_at = :until WHERE id IN (:ids)";

  private static final String CLAIMED =
      """
      SELECT task.*, COALESCE(expires_at <= CURRENT_TIMESTAMP, FALSE) AS expired
      FROM task WHERE id IN (:ids)
      """;

  private static final String LOCK =
      "SELECT id FROM task WHERE id IN (:ids) FOR UPDATE SKIP LOCKED";

  private static final String EXISTING = "SELECT id FROM task WHERE id IN (:ids)";

  private static final String POSTPONE =
      """
      UPDATE task SET due_at = :again
      WHERE id = :id AND position = :position AND due_at = :until
      """;

  private static final String REDIRECT =
      """
      UPDATE task SET queue = :queue, due_at = :again
      WHERE id = :id AND position = :position AND due_at = :until
      """;

  private final TaskStore store;
  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;
  private final TransactionTemplate transaction;
  private final SchedulingProperties properties;

  DueTasks(
      TaskStore store,
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batches,
      TransactionTemplate transaction,
      SchedulingProperties properties) {
    this.store = store;
    this.jdbc = jdbc;
    this.batches = batches;
    this.transaction = transaction;
    this.properties = properties;
  }

  /**
   * A part of what is due.
   *
   * @param more whether there may be more
   */
  record Batch(List<Claim> claims, boolean more) {}

  /** Takes the longest due; none of them is early by the database's clock. */
  Batch claim() {
    var due =
        jdbc.sql(DUE).param("limit", properties.batchSize()).query(DueTasks::candidate).list();
    var taken = withinMemory(due);
    if (taken.isEmpty()) {
      return new Batch(List.of(), false);
    }
    var until = due.get(0).lookedAt.plus(properties.lease()).truncatedTo(ChronoUnit.MILLIS);
    var claims = lease(taken, until);
    var more = due.size() == properties.batchSize() || taken.size() < due.size();
    return new Batch(claims, more && !claims.isEmpty());
  }

  private static List<String> withinMemory(List<Candidate> due) {
    var taken = new ArrayList<String>();
    var bytes = 0L;
    for (var each : due) {
      bytes += each.bytes;
      if (bytes > MAX_BYTES && !taken.isEmpty()) {
        break;
      }
      taken.add(each.id);
    }
    return taken;
  }

  private List<Claim> lease(List<String> ids, Instant until) {
    return transaction.execute(
        status -> {
          var locked = jdbc.sql(LOCK_DUE).param("ids", ids).query(String.class).list();
          if (locked.isEmpty()) {
            return List.of();
          }
          jdbc.sql(LEASE).param("until", utc(until)).param("ids", locked).update();
          return jdbc
              .sql(CLAIMED)
              .param("ids", locked)
              .query((row, number) -> claim(row, until))
              .stream()
              .sorted(Comparator.comparingInt(each -> ids.indexOf(each.task().id())))
              .toList();
        });
  }

  /**
   * Notes what became of claims, but where the ledger has heard something newer meanwhile.
   *
   * @return those whose rows someone else holds at this moment
   */
  List<Settlement> settle(List<Settlement> settlements) {
    if (settlements.isEmpty()) {
      return List.of();
    }
    var ids = settlements.stream().map(each -> each.claim().task().id()).toList();
    return transaction.execute(
        status -> {
          var locked = jdbc.sql(LOCK).param("ids", ids).query(String.class).set();
          store.queued(sent(Settlement.Kind.QUEUED, settlements, locked));
          store.unsendable(sent(Settlement.Kind.UNSENDABLE, settlements, locked));
          batches.batchUpdate(
              POSTPONE,
              of(Settlement.Kind.REFUSED, settlements, locked)
                  .map(this::postponement)
                  .toArray(MapSqlParameterSource[]::new));
          batches.batchUpdate(
              REDIRECT,
              of(Settlement.Kind.MISDIRECTED, settlements, locked)
                  .map(this::redirection)
                  .toArray(MapSqlParameterSource[]::new));
          return stillThere(settlements.stream().filter(each -> !isIn(locked, each)).toList());
        });
  }

  /** Without those whose rows were deleted meanwhile. */
  private List<Settlement> stillThere(List<Settlement> settlements) {
    if (settlements.isEmpty()) {
      return settlements;
    }
    var ids = settlements.stream().map(each -> each.claim().task().id()).toList();
    var there = jdbc.sql(EXISTING).param("ids", ids).query(String.class).set();
    return settlements.stream().filter(each -> isIn(there, each)).toList();
  }

  private static List<TaskMessage> sent(
      Settlement.Kind kind, List<Settlement> settlements, Set<String> locked) {
    return of(kind, settlements, locked).map(claim -> claim.task().at(claim.next())).toList();
  }

  private static Stream<Claim> of(
      Settlement.Kind kind, List<Settlement> settlements, Set<String> locked) {
    return settlements.stream()
        .filter(each -> each.kind() == kind && isIn(locked, each))
        .map(Settlement::claim);
  }

  private static boolean isIn(Set<String> ids, Settlement settlement) {
    return ids.contains(settlement.claim().task().id());
  }

  private MapSqlParameterSource postponement(Claim claim) {
    var leasedAt = claim.leasedUntil().minus(properties.lease());
    return new MapSqlParameterSource()
        .addValue("id", claim.task().id())
        .addValue("position", claim.position())
        .addValue("until", utc(claim.leasedUntil()))
        .addValue("again", utc(leasedAt.plus(properties.refusedDelay())));
  }

  /** Where it goes next time; the ledger is to look for it there. */
  private MapSqlParameterSource redirection(Claim claim) {
    var task = claim.task();
    var queue = claim.usualQueue();
    log.warn("task {} goes to queue {}: there is no queue {}", task.id(), queue, task.queue());
    return postponement(claim).addValue("queue", queue);
  }

  private static Claim claim(ResultSet row, Instant leasedUntil) throws SQLException {
    return new Claim(
        TaskRows.taskOf(row),
        TaskState.valueOf(row.getString("state")),
        row.getLong("position"),
        end(row),
        leasedUntil);
  }

  private static TaskEvent.@Nullable Kind end(ResultSet row) throws SQLException {
    if (row.getTimestamp("cancel_requested_at") != null) {
      return TaskEvent.Kind.CANCELLED;
    }
    return row.getBoolean("expired") ? TaskEvent.Kind.EXPIRED : null;
  }

  private static Candidate candidate(ResultSet row, int number) throws SQLException {
    var lookedAt = row.getObject("looked_at", OffsetDateTime.class).toInstant();
    return new Candidate(row.getString("id"), row.getLong("bytes"), lookedAt);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private record Candidate(String id, long bytes, Instant lookedAt) {}
}
