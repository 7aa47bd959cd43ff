package dev.warren.sender.deadletters;

import dev.warren.sender.ledger.TaskRows;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes out of finished tasks what they were about; that they were there remains. */
@Component
public final class Erasures {

  private static final int CHUNK = 500;

  private static final OffsetDateTime EVER = Instant.EPOCH.atOffset(ZoneOffset.UTC);

  private static final String ERASE =
      """
      UPDATE task SET payload = NULL, result = NULL, error_class = NULL, error_message = NULL,
        progress_note = NULL, erased = TRUE
      WHERE id IN (:ids)
      """;

  private static final String ERASE_EVENTS =
      """
      UPDATE task_event SET error_class = NULL, error_message = NULL, progress_note = NULL
      WHERE task_id IN (:ids)
      """;

  private final JdbcClient jdbc;
  private final DeadRows rows;
  private final TransactionTemplate transaction;

  Erasures(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.rows = new DeadRows(jdbc);
    this.transaction = transaction;
  }

  /** What became of an erasure. */
  public enum Outcome {
    /** Nothing of its content is left in the ledger; also when that was so before. */
    ERASED,
    /** There is no such task. */
    NOT_FOUND,
    /** It must end first. */
    NOT_FINISHED
  }

  /** Erases one. */
  public Outcome erase(String id) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              if (jdbc.sql(
                      "SELECT id FROM task WHERE id = :id AND state IN "
                          + TaskRows.TERMINAL
                          + " FOR UPDATE")
                  .param("id", id)
                  .query(String.class)
                  .optional()
                  .isPresent()) {
                erase(List.of(id));
                return Outcome.ERASED;
              }
              return exists(id) ? Outcome.NOT_FINISHED : Outcome.NOT_FOUND;
            }));
  }

  /** Erases all of these, and answers how many. */
  public int erase(DeadFilter filter) {
    var condition = condition(filter);
    var erased = 0;
    List<String> ids;
    int done;
    var from = EVER;
    do {
      ids = rows.ids(condition.and("task.created_at >= :from", Map.of("from", from)), CHUNK);
      done = ids.isEmpty() ? 0 : eraseDead(ids);
      erased += done;
      from = ids.isEmpty() ? from : createdAt(ids.get(ids.size() - 1)).orElse(from);
    } while (done > 0 && ids.size() == CHUNK);
    return erased;
  }

  /** How many an erasure of these would find. */
  public long count(DeadFilter filter) {
    return rows.count(condition(filter));
  }

  /** Those that an erasure of these would begin with. */
  public List<String> firstIds(DeadFilter filter, int atMost) {
    return rows.ids(condition(filter), atMost);
  }

  private static DeadFilter.Condition condition(DeadFilter filter) {
    return filter.condition().and("NOT task.erased", Map.of());
  }

  /** The erased stay among the dead: they are not to be read again with each chunk. */
  private Optional<OffsetDateTime> createdAt(String id) {
    return jdbc.sql("SELECT created_at FROM task WHERE id = :id")
        .param("id", id)
        .query(OffsetDateTime.class)
        .optional();
  }

  private int eraseDead(List<String> ids) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              var locked =
                  jdbc.sql(
                          "SELECT id FROM task WHERE id IN (:ids) AND state = 'DEAD' FOR UPDATE SKIP LOCKED")
                      .param("ids", ids)
                      .query(String.class)
                      .list();
              return locked.isEmpty() ? 0 : erase(locked);
            }));
  }

  private int erase(List<String> ids) {
    jdbc.sql(ERASE_EVENTS).param("ids", ids).update();
    return jdbc.sql(ERASE).param("ids", ids).update();
  }

  private boolean exists(String id) {
    return jdbc.sql("SELECT id FROM task WHERE id = :id")
        .param("id", id)
        .query(String.class)
        .optional()
        .isPresent();
  }
}
