package dev.warren.sender.streaming;

import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskView.Failure;
import dev.warren.sender.ledger.EventLog;
import dev.warren.sender.ledger.EventLog.Arrival;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads events from the ledger; blocks. The id of an event is the sequence of its row and its place
 * among the arrivals in there.
 */
@Component
final class EventQueries {

  /** Rows, of which one may be many arrivals: then a page is shorter. */
  private static final int MAX_ROWS = 200;

  private static final int MAX_EVENTS = 1000;

  private static final TypeReference<List<Arrival>> ARRIVALS = new TypeReference<>() {};

  // With the time, or H2 may answer from its cache what was so before the last commit.
  private static final String EVENTS =
      """
      SELECT e.sequence, e.task_id, e.kind, e.round, e.attempt, e.delivery, e.state, e.worker, e.started_at,
        e.ended_at, e.recorded_at, e.due_at, e.timed_out, e.error_class, e.error_message, e.progress_percent,
        e.progress_note, e.arrivals, task.type, task.queue, CURRENT_TIMESTAMP AS looked_at
      FROM task_event e LEFT JOIN task ON task.id = e.task_id
      """;

  private static final String ALL =
      EVENTS + " WHERE e.sequence >= :from ORDER BY e.sequence LIMIT :limit";

  private static final String OF_TASK =
      EVENTS
          + " WHERE e.task_id = :task AND e.sequence >= :from AND e.arrivals IS NULL"
          + " ORDER BY e.sequence LIMIT :limit";

  /** The newest is asked for by itself: beside another query, H2 would read all to find it. */
  private static final String ENDS =
      """
      SELECT newest, forgotten, looked_at FROM event_log CROSS JOIN
      (SELECT COALESCE(MAX(sequence), 0) AS newest, CURRENT_TIMESTAMP AS looked_at FROM task_event) AS events
      """;

  private static final String ARRIVED =
      """
      SELECT id, type, queue, state, created_at, not_before FROM task WHERE id = :id
      """;

  private final JdbcClient database;

  EventQueries(JdbcClient database) {
    this.database = database;
  }

  /**
   * What there is of events.
   *
   * @param newest the highest id there was
   * @param forgotten up to this id some were deleted
   */
  record Ends(long newest, long forgotten) {}

  /**
   * How a task's own events begin, and how it is.
   *
   * @param state by now
   */
  record Beginning(LiveEvent event, TaskState state) {}

  Ends ends() {
    return database
        .sql(ENDS)
        .query(
            (row, number) -> {
              var forgotten = row.getLong("forgotten");
              return new Ends(
                  endOf(Math.max(row.getLong("newest"), forgotten)),
                  forgotten == 0 ? 0 : endOf(forgotten));
            })
        .single();
  }

  /** A part of what follows this id. */
  EventPage after(long id) {
    var rows =
        database
            .sql(ALL)
            .param("from", from(id))
            .param("limit", MAX_ROWS)
            .query(EventQueries::read)
            .list();
    return page(rows, id);
  }

  /** The same of one task, but for its arrival. */
  EventPage ofTask(String taskId, long id) {
    var rows =
        database
            .sql(OF_TASK)
            .param("task", taskId)
            .param("from", from(id))
            .param("limit", MAX_ROWS)
            .query(EventQueries::read)
            .list();
    return page(rows, id);
  }

  private static EventPage page(List<Row> rows, long after) {
    var events = new ArrayList<LiveEvent>();
    var readTo = after;
    var read = 0;
    while (read < rows.size() && events.size() < MAX_EVENTS) {
      var row = rows.get(read++);
      row.events.stream().filter(event -> event.id() > after).forEach(events::add);
      readTo = Math.max(after, endOf(row.sequence));
    }
    return new EventPage(events, readTo, read < rows.size() || rows.size() == MAX_ROWS);
  }

  /** Of a task that is there; null where it is no longer. */
  @Nullable Beginning beginning(String taskId) {
    return database
        .sql(ARRIVED)
        .param("id", taskId)
        .query(EventQueries::beginning)
        .optional()
        .orElse(null);
  }

  private static Beginning beginning(ResultSet row, int number) throws SQLException {
    var notBefore = TaskRows.instant(row, "not_before");
    var event =
        LiveEvent.arrived(
            0,
            row.getString("id"),
            row.getString("type"),
            row.getString("queue"),
            notBefore == null ? TaskState.QUEUED : TaskState.SCHEDULED,
            Objects.requireNonNull(TaskRows.instant(row, "created_at")),
            notBefore);
    return new Beginning(event, TaskState.valueOf(row.getString("state")));
  }

  private record Row(long sequence, List<LiveEvent> events) {}

  /** What changed nothing is read past. */
  private static Row read(ResultSet row, int number) throws SQLException {
    var sequence = row.getLong("sequence");
    var state = row.getString("state");
    if (state == null) {
      return new Row(sequence, List.of());
    }
    var arrivals = row.getString("arrivals");
    var time = Objects.requireNonNull(TaskRows.instant(row, "recorded_at"));
    return new Row(
        sequence,
        arrivals == null
            ? List.of(event(row, TaskState.valueOf(state), time))
            : arrivals(sequence, TaskState.valueOf(state), time, arrivals));
  }

  private static List<LiveEvent> arrivals(
      long sequence, TaskState state, Instant time, String json) {
    var events = new ArrayList<LiveEvent>();
    for (var each : JsonMapper.shared().readValue(json, ARRIVALS)) {
      var id = beginOf(sequence) + events.size();
      events.add(
          LiveEvent.arrived(id, each.id(), each.type(), each.queue(), state, time, each.dueAt()));
    }
    return events;
  }

  /** Of a task that is forgotten meanwhile no more is known than this. */
  private static LiveEvent event(ResultSet row, TaskState state, Instant time) throws SQLException {
    var delivery = row.getInt("delivery");
    var percent = row.getObject("progress_percent", Integer.class);
    return new LiveEvent(
        beginOf(row.getLong("sequence")),
        row.getString("task_id"),
        Objects.requireNonNullElse(row.getString("type"), ""),
        Objects.requireNonNullElse(row.getString("queue"), ""),
        LiveEvent.kind(row.getString("kind"), state),
        state,
        row.getInt("round"),
        row.getInt("attempt"),
        delivery == 0 ? null : delivery,
        row.getString("worker"),
        time,
        TaskRows.instant(row, "started_at"),
        TaskRows.instant(row, "ended_at"),
        TaskRows.instant(row, "due_at"),
        row.getBoolean("timed_out") ? true : null,
        Failure.of(row),
        percent == null ? null : new Progress(percent, row.getString("progress_note")),
        false);
  }

  private static long beginOf(long sequence) {
    return sequence * EventLog.ARRIVALS_A_ROW;
  }

  private static long endOf(long sequence) {
    return beginOf(sequence) + EventLog.ARRIVALS_A_ROW - 1;
  }

  /** The sequence of the first row that holds what is behind this id. */
  private static long from(long id) {
    return (id + 1) / EventLog.ARRIVALS_A_ROW;
  }
}
