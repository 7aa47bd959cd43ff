package dev.warren.sender.following;

import dev.warren.contract.TaskState;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of a page: newest first, from an index of the table {@code task} that has its order, so
 * that no more is read than is answered. H2 takes such an index only where all of its columns are
 * ordered by, also the one that is the same in all rows.
 */
final class TaskSelection {

  private static final String COLUMNS =
      "t.id, t.type, t.queue, t.state, t.round, t.attempt, t.dispatch, t.created_at, t.due_at,"
          + " t.not_before, t.expires_at, t.started_at, t.ended_at, t.priority, t.timeout_ms,"
          + " t.retry_max_attempts, t.retry_min_backoff_ms, t.retry_max_backoff_ms,"
          + " t.retry_multiplier, t.retry_jitter, t.created_by, t.traceparent, t.caller, t.reply_to, t.correlation_id,"
          + " t.progress_percent, t.progress_note, t.dead_reason, t.error_class, t.error_message,"
          + " t.labels, t.erased, t.cancel_requested_at, NULL AS payload,"
          + " COALESCE(OCTET_LENGTH(t.payload), 0) + COALESCE(OCTET_LENGTH(t.result), 0) AS size";

  /** One task, with the columns of a page. */
  static final String BY_ID = "SELECT " + COLUMNS + " FROM task t WHERE t.id = :id";

  private final TaskFilter filter;
  private final @Nullable Cursor cursor;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final String sql;

  TaskSelection(TaskFilter filter, @Nullable Cursor cursor, int limit) {
    this.filter = filter;
    this.cursor = cursor;
    parameters.put("limit", limit);
    sql = filter.label() != null ? byLabel() : byTask();
  }

  String sql() {
    return sql;
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  private String byLabel() {
    var label = Objects.requireNonNull(filter.label());
    var where = new ArrayList<String>();
    where.add(equal("l.name", "name", label.key()));
    where.add(equal("l.label", "label", label.value()));
    addTimes(where, "l.created_at", "l.task_id");
    addEqual(where, "t.type", filter.type());
    addEqual(where, "t.queue", filter.queue());
    addEqual(where, "t.fingerprint", filter.fingerprint());
    addStates(where, filter.states());
    return "SELECT "
        + COLUMNS
        + " FROM task_label l JOIN task t ON t.id = l.task_id WHERE "
        + String.join(" AND ", where)
        + " ORDER BY l.name, l.label, l.created_at DESC, l.task_id DESC LIMIT :limit";
  }

  /** Several states are as many queries in one: no index has them in one order. */
  private String byTask() {
    if (filter.states().size() < 2) {
      return byTask(filter.states());
    }
    return filter.states().stream()
            .map(state -> "(" + byTask(Set.of(state)) + ")")
            .collect(Collectors.joining(" UNION ALL "))
        + " ORDER BY created_at DESC, id DESC LIMIT :limit";
  }

  private String byTask(Set<TaskState> states) {
    var where = new ArrayList<String>();
    addEqual(where, "t.type", filter.type());
    addEqual(where, "t.queue", filter.queue());
    addEqual(where, "t.fingerprint", filter.fingerprint());
    addStates(where, states);
    addTimes(where, "t.created_at", "t.id");
    return "SELECT "
        + COLUMNS
        + " FROM task t"
        + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where))
        + " ORDER BY "
        + leading(states)
        + "t.created_at DESC, t.id DESC LIMIT :limit";
  }

  /** The column whose value is likely the rarest: few tasks are in any state but the last one. */
  private String leading(Set<TaskState> states) {
    if (filter.fingerprint() != null) {
      return "t.fingerprint, ";
    }
    var isRare = !states.isEmpty() && !states.contains(TaskState.SUCCEEDED);
    if (isRare) {
      return "t.state, ";
    }
    if (filter.type() != null) {
      return "t.type, ";
    }
    if (filter.queue() != null) {
      return "t.queue, ";
    }
    return states.isEmpty() ? "" : "t.state, ";
  }

  private void addStates(List<String> where, Set<TaskState> states) {
    if (!states.isEmpty()) {
      where.add(
          "t.state IN ("
              + states.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", "))
              + ")");
    }
  }

  private void addEqual(List<String> where, String column, @Nullable String value) {
    if (value != null) {
      where.add(equal(column, column.substring(2), value));
    }
  }

  private String equal(String column, String name, String value) {
    parameters.put(name, value);
    return column + " = :" + name;
  }

  /** The first condition on the cursor is for the index, which has no use for the second. */
  private void addTimes(List<String> where, String createdAt, String id) {
    if (filter.createdAfter() != null) {
      parameters.put("after", filter.createdAfter().atOffset(ZoneOffset.UTC));
      where.add(createdAt + " >= :after");
    }
    if (filter.createdBefore() != null) {
      parameters.put("before", filter.createdBefore().atOffset(ZoneOffset.UTC));
      where.add(createdAt + " < :before");
    }
    if (cursor != null) {
      parameters.put("at", cursor.createdAt().atOffset(ZoneOffset.UTC));
      parameters.put("id", cursor.id());
      where.add(createdAt + " <= :at AND (" + createdAt + " < :at OR " + id + " < :id)");
    }
  }
}
