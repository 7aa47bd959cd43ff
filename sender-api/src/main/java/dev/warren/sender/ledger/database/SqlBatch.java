package dev.warren.sender.ledger.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;

/** One statement for many values. */
public final class SqlBatch {

  private SqlBatch() {}

  /** Sets the parameters for one of them. */
  public interface Setter<T> {
    void set(Columns columns, T value) throws SQLException;
  }

  /** Answers which of them changed a row. */
  public static <T> boolean[] run(
      JdbcTemplate database, String sql, List<T> values, Setter<T> setter) {
    var changed = new boolean[values.size()];
    if (values.isEmpty()) {
      return changed;
    }
    var counts =
        database.batchUpdate(
            sql,
            new BatchPreparedStatementSetter() {
              @Override
              public void setValues(PreparedStatement statement, int i) throws SQLException {
                setter.set(new Columns(statement), values.get(i));
              }

              @Override
              public int getBatchSize() {
                return values.size();
              }
            });
    for (var i = 0; i < counts.length; i++) {
      changed[i] = counts[i] > 0;
    }
    return changed;
  }
}
