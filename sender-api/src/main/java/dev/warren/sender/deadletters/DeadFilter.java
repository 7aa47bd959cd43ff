package dev.warren.sender.deadletters;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of the dead; what is null does not matter.
 *
 * @param fingerprint of their error
 * @param createdAfter at or after
 * @param createdBefore before
 */
public record DeadFilter(
    @Nullable String type,
    @Nullable String queue,
    @Nullable Label label,
    @Nullable String fingerprint,
    @Nullable Instant createdAfter,
    @Nullable Instant createdBefore) {

  /** All of the dead. */
  public static final DeadFilter ALL = new DeadFilter(null, null, null, null, null, null);

  /** The order of the index by state, read from its end; H2 wants all of its columns named. */
  static final String OLDEST_FIRST = " ORDER BY state DESC, created_at, id";

  /** A label that a task must have. */
  public record Label(String name, String value) {}

  /**
   * A condition on rows of {@code task}.
   *
   * @param sql without {@code WHERE}
   * @param parameters that it names
   */
  public record Condition(String sql, Map<String, Object> parameters) {

    Condition and(String more, Map<String, ?> moreParameters) {
      var all = new LinkedHashMap<String, Object>(parameters);
      all.putAll(moreParameters);
      return new Condition(sql + " AND " + more, all);
    }
  }

  /** What is true of them in the ledger. */
  public Condition condition() {
    var terms = new ArrayList<>(List.of("task.state = 'DEAD'"));
    var parameters = new LinkedHashMap<String, Object>();
    term("task.type = :type", "type", type, terms, parameters);
    term("task.queue = :queue", "queue", queue, terms, parameters);
    term("task.fingerprint = :fingerprint", "fingerprint", fingerprint, terms, parameters);
    term("task.created_at >= :createdAfter", "createdAfter", utc(createdAfter), terms, parameters);
    term(
        "task.created_at < :createdBefore", "createdBefore", utc(createdBefore), terms, parameters);
    if (label != null) {
      terms.add(
          """
          EXISTS (SELECT 1 FROM task_label
           WHERE task_label.task_id = task.id
           AND task_label.name = :labelName AND task_label.label = :labelValue)""");
      parameters.put("labelName", label.name());
      parameters.put("labelValue", label.value());
    }
    return new Condition(String.join(" AND ", terms), parameters);
  }

  private static void term(
      String sql,
      String name,
      @Nullable Object value,
      List<String> terms,
      Map<String, Object> parameters) {
    if (value != null) {
      terms.add(sql);
      parameters.put(name, value);
    }
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
