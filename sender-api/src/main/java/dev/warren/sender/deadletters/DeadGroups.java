package dev.warren.sender.deadletters;

import dev.warren.sender.following.TaskView;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The dead in groups of the same error; blocks. */
@Component
final class DeadGroups {

  private static final int MAX_GROUPS = 200;

  private final JdbcClient database;

  DeadGroups(JdbcClient database) {
    this.database = database;
  }

  /**
   * Tasks that died of the same.
   *
   * @param error of the example
   * @param example id of the newest
   */
  record Group(
      String fingerprint,
      String type,
      TaskView.@Nullable Failure error,
      long count,
      Instant firstSeen,
      Instant lastSeen,
      String example) {

    private static Group of(ResultSet row, int number) throws SQLException {
      return new Group(
          row.getString("fingerprint"),
          row.getString("type"),
          TaskView.Failure.of(row),
          row.getLong("members"),
          Objects.requireNonNull(TaskRows.instant(row, "first_seen")),
          Objects.requireNonNull(TaskRows.instant(row, "last_seen")),
          row.getString("example"));
    }
  }

  /** The largest first. */
  List<Group> find(DeadFilter filter) {
    var condition = filter.condition();
    return database
        .sql(
            """
            SELECT g.fingerprint, g.members, g.first_seen, g.last_seen, g.example,
              e.type, e.error_class, e.error_message
            FROM (SELECT fingerprint, COUNT(*) AS members, MIN(ended_at) AS first_seen,
                MAX(ended_at) AS last_seen, MAX(id) AS example
              FROM task WHERE fingerprint IS NOT NULL AND %s
              GROUP BY fingerprint ORDER BY members DESC, fingerprint LIMIT :limit) g
            JOIN task e ON e.id = g.example
            ORDER BY g.members DESC, g.fingerprint"""
                .formatted(condition.sql()))
        .params(condition.parameters())
        .param("limit", MAX_GROUPS)
        .query(Group::of)
        .list();
  }
}
