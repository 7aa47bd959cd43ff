package dev.warren.sender.ledger;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.sender.ledger.database.Columns;
import dev.warren.sender.ledger.database.SqlBatch;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes down what happens to tasks. Who writes holds the log's one row until it commits, so that
 * sequence numbers become visible in their order, and who reads on from one misses nothing. The
 * last lock of a transaction: who holds it waits for nobody.
 */
@Component
public final class EventLog {

  /** That a dead task is to be done again, in a new round. */
  public static final String REPLAYED = "REPLAYED";

  /** Ids of events leave room for so many arrivals in one row. */
  public static final int ARRIVALS_A_ROW = 128;

  /** Of one task; one in so many tells when to delete what is more. */
  private static final int PROGRESS_KEPT = 200;

  private static final int PROGRESS_A_LOOK = 16;

  private static final String LOCK = "SELECT forgotten FROM event_log FOR UPDATE";

  private static final String RECORD =
      "INSERT INTO task_event (task_id, kind, round, attempt, dispatch, delivery, part, state,"
          + " worker, started_at, ended_at, recorded_at, due_at, timed_out, error_class,"
          + " error_message, progress_percent, progress_note)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

  private static final String ARRIVED =
      "INSERT INTO task_event (task_id, kind, round, attempt, dispatch, delivery, state,"
          + " recorded_at, arrivals) VALUES (?, ?, 1, 1, 1, 0, ?, ?, ?) ON CONFLICT DO NOTHING";

  private static final String NOTE_STATE =
      """
      INSERT INTO task_event (task_id, kind, round, attempt, dispatch, delivery, state, recorded_at, due_at)
      SELECT id, CAST(:kind AS VARCHAR), round, attempt, dispatch, 0, state, CURRENT_TIMESTAMP, due_at
      FROM task WHERE id IN (:ids) AND state = :state ORDER BY id
      ON CONFLICT DO NOTHING
      """;

  private static final String PRUNE =
      "DELETE FROM task_event WHERE task_id = ? AND kind = 'PROGRESS' AND sequence < (SELECT"
          + " MIN(sequence) FROM (SELECT sequence FROM task_event WHERE task_id = ?"
          + " AND kind = 'PROGRESS' ORDER BY sequence DESC LIMIT %d) kept)"
              .formatted(PROGRESS_KEPT);

  private final JdbcTemplate database;
  private final EndMetrics ends;

  public EventLog(JdbcTemplate database, MeterRegistry meters) {
    this.database = database;
    this.ends = new EndMetrics(meters);
  }

  /**
   * A task that was first heard of.
   *
   * @param dueAt of one that waits for its time
   */
  public record Arrival(String id, String type, String queue, @Nullable Instant dueAt) {}

  /**
   * What was heard of a task.
   *
   * @param event null of a copy
   * @param applied whether it changed the task
   */
  record Entry(Change change, @Nullable TaskEvent event, boolean applied) {

    TaskMessage task() {
      return change.task();
    }

    String kind() {
      return event == null ? change.state().name() : event.kind().name();
    }

    /** The same progress told twice is no news. */
    long part() {
      var progress = progress();
      if (progress == null) {
        return 0;
      }
      var note = progress.note() == null ? 0 : progress.note().hashCode();
      return (long) progress.percent() << 32 | (note & 0xffffffffL);
    }

    @Nullable Progress progress() {
      return event == null ? null : event.progress();
    }

    Arrival arrival() {
      var task = task();
      return new Arrival(task.id(), task.type(), task.queue(), change.dueAt());
    }
  }

  /**
   * Notes of these tasks that they are in this state by now, in the transaction that made them so;
   * of others among them nothing.
   */
  public void note(String kind, TaskState state, Collection<String> ids) {
    if (!ids.isEmpty()) {
      lock();
      var noted =
          new NamedParameterJdbcTemplate(database)
              .update(NOTE_STATE, Map.of("kind", kind, "state", state.name(), "ids", ids));
      ends.count(state, noted);
    }
  }

  /**
   * @param arrived of tasks that are new, before all others
   */
  void record(List<Entry> arrived, List<Entry> others, Instant now) {
    if (arrived.isEmpty() && others.isEmpty()) {
      return;
    }
    var erased = erased(others);
    lock();
    arrive(arrived, TaskState.QUEUED, now);
    arrive(arrived, TaskState.SCHEDULED, now);
    SqlBatch.run(database, RECORD, others, (columns, entry) -> set(columns, entry, erased, now));
    prune(others);
    ends.count(others.stream().filter(Entry::applied).map(Entry::change).toList());
  }

  private void lock() {
    database.queryForObject(LOCK, Long.class);
  }

  private void arrive(List<Entry> all, TaskState state, Instant now) {
    var arrived = all.stream().filter(entry -> entry.change().state() == state).toList();
    for (var from = 0; from < arrived.size(); from += ARRIVALS_A_ROW) {
      var part = arrived.subList(from, Math.min(arrived.size(), from + ARRIVALS_A_ROW));
      var arrivals = part.stream().map(Entry::arrival).toList();
      SqlBatch.run(
          database,
          ARRIVED,
          List.of(arrivals),
          (columns, group) ->
              columns
                  .text(group.get(0).id())
                  .text(state.name())
                  .text(state.name())
                  .time(now)
                  .text(JsonMapper.shared().writeValueAsString(group), Integer.MAX_VALUE));
    }
  }

  /** What comes late of an erased task tells nothing of its content. */
  private static void set(Columns columns, Entry entry, Set<String> erased, Instant now)
      throws SQLException {
    Execution execution = entry.task().execution();
    var event = entry.event();
    var failure = event == null ? entry.change().failure() : event.failure();
    var told = erased.contains(entry.task().id()) ? null : failure;
    var progress = entry.progress();
    columns
        .text(entry.task().id())
        .text(entry.kind())
        .whole(execution.round())
        .whole(execution.attempt())
        .whole(execution.dispatch())
        .whole(event == null ? 0 : event.delivery())
        .big(entry.part())
        .text(entry.applied() ? entry.change().state().name() : null)
        .text(event == null ? null : event.worker())
        .time(event == null ? null : event.startedAt())
        .time(event == null ? null : event.endedAt())
        .time(now)
        .time(entry.applied() ? entry.change().dueAt() : null)
        .flag(failure != null && failure.timedOut())
        .text(told == null ? null : told.errorClass())
        .text(told == null ? null : told.message(), Columns.ERROR_MESSAGE)
        .whole(progress == null ? null : progress.percent())
        .text(progress == null ? null : progress.note(), Columns.NOTE);
  }

  private Set<String> erased(List<Entry> entries) {
    var failed =
        entries.stream()
            .filter(entry -> entry.event() != null && entry.event().failure() != null)
            .map(entry -> entry.task().id())
            .collect(Collectors.toSet());
    return failed.isEmpty()
        ? Set.of()
        : Set.copyOf(
            new NamedParameterJdbcTemplate(database)
                .queryForList(
                    "SELECT id FROM task WHERE id IN (:ids) AND erased",
                    Map.of("ids", failed),
                    String.class));
  }

  /** So that a task that tells much does not fill the ledger. */
  private void prune(List<Entry> entries) {
    var talkative =
        entries.stream()
            .filter(entry -> entry.progress() != null)
            .filter(entry -> Math.floorMod(entry.part(), PROGRESS_A_LOOK) == 0)
            .map(entry -> entry.task().id())
            .distinct()
            .toList();
    SqlBatch.run(database, PRUNE, talkative, (columns, id) -> columns.text(id).text(id));
  }
}
