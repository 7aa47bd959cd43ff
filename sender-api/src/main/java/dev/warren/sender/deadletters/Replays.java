package dev.warren.sender.deadletters;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskState;
import dev.warren.sender.ledger.EventLog;
import dev.warren.sender.ledger.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Dead tasks are done again from the beginning, as a new round; the scheduler sends them. */
@Component
public final class Replays {

  private static final int CHUNK = 500;

  private static final String OPEN_ROUND =
      """
      UPDATE task SET state = 'SCHEDULED', round = :round, attempt = 1, dispatch = 1,
        position = :position, heard_at = CURRENT_TIMESTAMP, due_at = :due, queued_at = NULL, started_at = NULL, ended_at = NULL,
        worker = NULL, progress_percent = NULL, progress_note = NULL, dead_reason = NULL,
        error_class = NULL, error_message = NULL, fingerprint = NULL, result = NULL
      WHERE id = :id AND round = :round - 1 AND state = 'DEAD' AND payload IS NOT NULL
        AND NOT erased
      """;

  private static final String REPLAYABLE = "task.payload IS NOT NULL AND NOT task.erased";

  private final JdbcClient jdbc;
  private final DeadRows rows;
  private final NamedParameterJdbcTemplate batches;
  private final TransactionTemplate transaction;
  private final EventLog log;

  Replays(
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batches,
      TransactionTemplate transaction,
      EventLog log) {
    this.jdbc = jdbc;
    this.rows = new DeadRows(jdbc);
    this.batches = batches;
    this.transaction = transaction;
    this.log = log;
  }

  /** What became of a replay. */
  public enum Outcome {
    /** Its new round begins at once. */
    REPLAYED,
    /** There is no such task. */
    NOT_FOUND,
    /** It is not dead, or was replayed a moment ago. */
    NOT_DEAD,
    /** Its payload is not there any more. */
    ERASED
  }

  /** Replays one; of two at the same time, one finds it not dead any more. */
  public Outcome replay(String id) {
    var found = find(id);
    if (found.isEmpty()) {
      return Outcome.NOT_FOUND;
    }
    var task = found.get();
    if (!task.dead) {
      return Outcome.NOT_DEAD;
    }
    if (!task.replayable) {
      return Outcome.ERASED;
    }
    return openRound(id, task.round) ? Outcome.REPLAYED : Outcome.NOT_DEAD;
  }

  /**
   * Replays all of these that are dead by now, the oldest first.
   *
   * @param ratePerSecond so many become due each second; 0 for all at once
   * @return how many
   */
  public int replay(DeadFilter filter, double ratePerSecond) {
    var start = now();
    var condition = condition(filter, start);
    var replayed = 0;
    List<Dead> chunk;
    int opened;
    do {
      chunk = chunk(condition);
      opened = chunk.isEmpty() ? 0 : openRounds(chunk, start, replayed, ratePerSecond);
      replayed += opened;
    } while (opened > 0 && chunk.size() == CHUNK);
    return replayed;
  }

  /** How many a replay of these would find. */
  public long count(DeadFilter filter) {
    return rows.count(condition(filter, now()));
  }

  /** Those that a replay of these would begin with. */
  public List<String> firstIds(DeadFilter filter, int atMost) {
    return rows.ids(condition(filter, now()), atMost);
  }

  /**
   * Not those that die while this goes on, or there might be no end to it. All of the dead have an
   * end: COALESCE keeps H2 from the index of ends, whose order is another.
   */
  private static DeadFilter.Condition condition(DeadFilter filter, Instant start) {
    return filter
        .condition()
        .and(
            REPLAYABLE + " AND COALESCE(task.ended_at, :start) <= :start",
            Map.of("start", start.atOffset(ZoneOffset.UTC)));
  }

  private Optional<Found> find(String id) {
    return jdbc.sql(
            "SELECT round, state = 'DEAD' AS dead, "
                + REPLAYABLE
                + " AS replayable FROM task WHERE id = :id")
        .param("id", id)
        .query(
            (row, number) ->
                new Found(
                    row.getInt("round"), row.getBoolean("dead"), row.getBoolean("replayable")))
        .optional();
  }

  private List<Dead> chunk(DeadFilter.Condition condition) {
    return jdbc.sql(
            "SELECT id, round FROM task WHERE "
                + condition.sql()
                + DeadFilter.OLDEST_FIRST
                + " LIMIT :limit")
        .params(condition.parameters())
        .param("limit", CHUNK)
        .query(Replays::dead)
        .list();
  }

  private boolean openRound(String id, int round) {
    return Boolean.TRUE.equals(
        transaction.execute(
            status -> {
              var opened = batches.update(OPEN_ROUND, newRound(id, round, now())) == 1;
              if (opened) {
                log.note(EventLog.REPLAYED, TaskState.SCHEDULED, List.of(id));
              }
              return opened;
            }));
  }

  /** Only of rows that nobody else works on: who waits for none cannot be part of a deadlock. */
  private int openRounds(List<Dead> chunk, Instant start, int before, double ratePerSecond) {
    var ids = chunk.stream().map(Dead::id).toList();
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              var locked =
                  jdbc.sql(
                          "SELECT id FROM task WHERE id IN (:ids) AND state = 'DEAD' FOR UPDATE SKIP LOCKED")
                      .param("ids", ids)
                      .query(String.class)
                      .set();
              var dead = chunk.stream().filter(each -> locked.contains(each.id)).toList();
              var rounds = new MapSqlParameterSource[dead.size()];
              for (var i = 0; i < rounds.length; i++) {
                var due = due(start, before + i, ratePerSecond);
                rounds[i] = newRound(dead.get(i).id, dead.get(i).round, due);
              }
              var opened = rounds.length == 0 ? 0 : sum(batches.batchUpdate(OPEN_ROUND, rounds));
              log.note(EventLog.REPLAYED, TaskState.SCHEDULED, locked);
              return opened;
            }));
  }

  private static Instant due(Instant start, int index, double ratePerSecond) {
    return ratePerSecond > 0 ? start.plusMillis((long) (index * 1000.0 / ratePerSecond)) : start;
  }

  private static MapSqlParameterSource newRound(String id, int round, Instant due) {
    var execution = new Execution(round + 1, 1, 1);
    return new MapSqlParameterSource()
        .addValue("id", id)
        .addValue("round", execution.round())
        .addValue("position", Position.of(execution, 0, Position.Rank.SCHEDULED))
        .addValue("due", due.atOffset(ZoneOffset.UTC));
  }

  private static int sum(int[] counts) {
    var sum = 0;
    for (var count : counts) {
      sum += count;
    }
    return sum;
  }

  /** The database's clock, by which the scheduler finds it due. */
  private Instant now() {
    return jdbc.sql("SELECT CURRENT_TIMESTAMP").query(OffsetDateTime.class).single().toInstant();
  }

  private static Dead dead(ResultSet row, int number) throws SQLException {
    return new Dead(row.getString("id"), row.getInt("round"));
  }

  private record Dead(String id, int round) {}

  private record Found(int round, boolean dead, boolean replayable) {}
}
