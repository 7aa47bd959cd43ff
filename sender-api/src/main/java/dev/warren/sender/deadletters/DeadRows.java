package dev.warren.sender.deadletters;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a condition finds in the ledger; blocks. */
final class DeadRows {

  private final JdbcClient jdbc;

  DeadRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  long count(DeadFilter.Condition condition) {
    return jdbc.sql("SELECT COUNT(*) FROM task WHERE " + condition.sql())
        .params(condition.parameters())
        .query(Long.class)
        .single();
  }

  /** Their ids, the oldest first. */
  List<String> ids(DeadFilter.Condition condition, int atMost) {
    return jdbc.sql(
            "SELECT id FROM task WHERE "
                + condition.sql()
                + DeadFilter.OLDEST_FIRST
                + " LIMIT :limit")
        .params(condition.parameters())
        .param("limit", atMost)
        .query(String.class)
        .list();
  }
}
