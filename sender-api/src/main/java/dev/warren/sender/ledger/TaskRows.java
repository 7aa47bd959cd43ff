package dev.warren.sender.ledger;

import dev.warren.contract.Execution;
import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskState;
import dev.warren.contract.TraceParent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Rows of the table {@code task} as the task itself. */
public final class TaskRows {

  /** The states of tasks that have ended, as SQL has them behind IN. */
  public static final String TERMINAL =
      TaskState.terminal().stream()
          .map(state -> "'" + state + "'")
          .collect(Collectors.joining(", ", "(", ")"));

  private static final TypeReference<LinkedHashMap<String, String>> LABELS =
      new TypeReference<>() {};

  private TaskRows() {}

  /**
   * The task as it was last sent, without its delay: what had to wait has waited.
   *
   * @param row all columns of {@code task}; one without a payload has an empty one
   */
  public static TaskMessage taskOf(ResultSet row) throws SQLException {
    var payload = row.getBytes("payload");
    return new TaskMessage(
        row.getString("id"),
        row.getString("type"),
        row.getString("queue"),
        Objects.requireNonNull(instant(row, "created_at")),
        new Execution(row.getInt("round"), row.getInt("attempt"), row.getInt("dispatch")),
        options(row),
        new ReplyAddress(
            Objects.requireNonNullElse(row.getString("caller"), ReplyAddress.NO_CALLER),
            row.getString("reply_to"),
            row.getString("correlation_id")),
        payload == null ? new byte[0] : payload,
        new Origin(
            row.getString("created_by"),
            TraceParent.parse(row.getString("traceparent")).orElse(null)));
  }

  /** A time with a column that may be NULL. */
  public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static TaskOptions options(ResultSet row) throws SQLException {
    return new TaskOptions(
        row.getObject("priority", Integer.class),
        null,
        instant(row, "not_before"),
        instant(row, "expires_at"),
        duration(row, "timeout_ms"),
        retry(row),
        labels(row.getString("labels")));
  }

  /** The task's own; null where it leaves it to its type. */
  static @Nullable RetryPolicy retry(ResultSet row) throws SQLException {
    var maxAttempts = row.getObject("retry_max_attempts", Integer.class);
    if (maxAttempts == null) {
      return null;
    }
    return new RetryPolicy(
        maxAttempts,
        Duration.ofMillis(row.getLong("retry_min_backoff_ms")),
        Duration.ofMillis(row.getLong("retry_max_backoff_ms")),
        row.getDouble("retry_multiplier"),
        row.getDouble("retry_jitter"));
  }

  private static @Nullable Duration duration(ResultSet row, String column) throws SQLException {
    var millis = row.getObject(column, Long.class);
    return millis == null ? null : Duration.ofMillis(millis);
  }

  private static Map<String, String> labels(@Nullable String json) {
    return json == null ? Map.of() : JsonMapper.shared().readValue(json, LABELS);
  }

  static @Nullable String json(Map<String, String> labels) {
    return labels.isEmpty() ? null : JsonMapper.shared().writeValueAsString(labels);
  }
}
