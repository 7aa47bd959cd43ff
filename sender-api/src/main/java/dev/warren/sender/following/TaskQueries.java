package dev.warren.sender.following;

import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads tasks from the ledger; blocks. */
@Component
public final class TaskQueries {

  /** A page in full ends early rather than take much more memory than this. */
  private static final long MAX_PAGE_BYTES = 8 * 1024 * 1024;

  private final JdbcClient database;

  TaskQueries(JdbcClient database) {
    this.database = database;
  }

  /** A task without its payload, its result and its attempts. */
  private record Row(TaskMessage task, Standing standing, long size) {

    static Row of(ResultSet row, int number) throws SQLException {
      return new Row(TaskRows.taskOf(row), Standing.of(row), row.getLong("size"));
    }

    String id() {
      return task.id();
    }
  }

  private record Contents(Content payload, Content result) {

    static final Contents NONE = new Contents(Content.NONE, Content.NONE);
  }

  /** A task in full. */
  public Optional<TaskView> find(String id) {
    return database
        .sql(TaskSelection.BY_ID)
        .param("id", id)
        .query(Row::of)
        .optional()
        .map(row -> inFull(List.of(row)).get(0));
  }

  /** A part of the tasks, the newest first. */
  public TaskPage list(TaskFilter filter, PageRequest request) {
    var selection = new TaskSelection(filter, request.cursor(), request.limit() + 1);
    var rows = database.sql(selection.sql()).params(selection.parameters()).query(Row::of).list();
    var most = request.full() ? fitting(rows) : rows.size();
    var length = Math.min(most, request.limit());
    var page = rows.subList(0, length);
    var views = request.full() ? inFull(page) : page.stream().map(TaskQueries::inShort).toList();
    return new TaskPage(
        views, length < rows.size() ? Cursor.behind(views.get(length - 1)).text() : null);
  }

  private static int fitting(List<Row> rows) {
    var bytes = 0L;
    for (var i = 0; i < rows.size(); i++) {
      bytes += rows.get(i).size();
      if (bytes > MAX_PAGE_BYTES) {
        return Math.max(1, i);
      }
    }
    return rows.size();
  }

  /** The states of these, as far as they are there. */
  Map<String, TaskState> statesOf(Collection<String> ids) {
    var states = new HashMap<String, TaskState>();
    database
        .sql("SELECT id, state FROM task WHERE id IN (:ids)")
        .param("ids", ids)
        .query(
            row -> {
              states.put(row.getString("id"), TaskState.valueOf(row.getString("state")));
            });
    return states;
  }

  /** How many wait or run, by key of their queue. */
  public Map<String, Map<TaskState, Long>> unfinishedByQueue() {
    var counts = new HashMap<String, Map<TaskState, Long>>();
    database
        .sql(
            """
            SELECT queue, state, COUNT(*) AS tasks FROM task
            WHERE state IN ('SCHEDULED', 'RETRY_WAIT', 'RUNNING') GROUP BY queue, state""")
        .query(
            row -> {
              counts
                  .computeIfAbsent(row.getString("queue"), key -> new EnumMap<>(TaskState.class))
                  .put(TaskState.valueOf(row.getString("state")), row.getLong("tasks"));
            });
    return counts;
  }

  private static TaskView inShort(Row row) {
    return TaskView.of(row.task, row.standing, null, Content.NONE, Content.NONE);
  }

  private List<TaskView> inFull(List<Row> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    var ids = rows.stream().map(Row::id).toList();
    var attempts = attemptsOf(ids);
    var contents = contentsOf(ids);
    return rows.stream()
        .map(
            row -> {
              var content = contents.getOrDefault(row.id(), Contents.NONE);
              var all = attempts.getOrDefault(row.id(), new Attempts());
              return TaskView.of(
                  row.task,
                  row.standing,
                  all.all(row.standing.state()),
                  content.payload,
                  content.result);
            })
        .toList();
  }

  private Map<String, Attempts> attemptsOf(List<String> ids) {
    var attempts = new HashMap<String, Attempts>();
    database
        .sql(
            "SELECT "
                + Attempts.COLUMNS
                + " FROM task_event WHERE task_id IN (:ids)"
                + Attempts.TELLING)
        .param("ids", ids)
        .query(
            row -> {
              attempts.computeIfAbsent(row.getString("task_id"), id -> new Attempts()).add(row);
            });
    return attempts;
  }

  private Map<String, Contents> contentsOf(List<String> ids) {
    var contents = new HashMap<String, Contents>();
    database
        .sql("SELECT id, payload, result FROM task WHERE id IN (:ids)")
        .param("ids", ids)
        .query(
            row -> {
              contents.put(
                  row.getString("id"),
                  new Contents(
                      Content.of(row.getBytes("payload")), Content.of(row.getBytes("result"))));
            });
    return contents;
  }
}
