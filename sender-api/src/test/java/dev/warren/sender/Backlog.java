package dev.warren.sender;

import com.zaxxer.hikari.HikariDataSource;
import dev.warren.testdatabase.TestDatabase;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A ledger with a great many tasks that wait, have ended or are dead; without a broker. */
public final class Backlog implements AutoCloseable {

  /** In each of these states, the oldest first. */
  public static final int TASKS = 5000;

  /** Who reads no more than this has not read all of them. */
  public static final long FEW = TASKS / 4;

  private static final String FILL =
      """
      INSERT INTO task (id, type, queue, state, position, round, attempt, dispatch, created_at, queued_at, ended_at,
        heard_at, payload)
      SELECT CONCAT(:state, '-', i), 'message', 'default', :state, 1, 1, 1, 1, at, at, CASE WHEN :ended THEN at END,
        at, CAST(RPAD('', 1000, 'x') AS BYTEA)
      FROM (SELECT i, CURRENT_TIMESTAMP - INTERVAL '50' DAY + i * INTERVAL '10' MINUTE AS at
        FROM GENERATE_SERIES(1, :tasks) AS series(i)) AS tasks ORDER BY i
      """;

  private static final String FILL_EVENTS =
      """
      INSERT INTO task_event (task_id, kind, round, attempt, dispatch, delivery, state, recorded_at)
      SELECT id, state, 1, 1, 1, 1, state, ended_at FROM task WHERE ended_at IS NOT NULL ORDER BY ended_at
      """;

  private final HikariDataSource source = new HikariDataSource();
  private final RowsRead rowsRead = new RowsRead(source);
  private final JdbcClient jdbc = JdbcClient.create(rowsRead);

  private Backlog(TestDatabase database) {
    source.setJdbcUrl(database.jdbcUrl());
    source.setUsername(database.username());
    source.setPassword(database.password());
    Flyway.configure().dataSource(source).load().migrate();
  }

  public static Backlog in(TestDatabase database) {
    var backlog = new Backlog(database);
    var direct = JdbcClient.create(backlog.source);
    fill(direct, "QUEUED", false);
    fill(direct, "SUCCEEDED", true);
    fill(direct, "DEAD", true);
    direct.sql(FILL_EVENTS).update();
    direct.sql("ANALYZE").update();
    return backlog;
  }

  private static void fill(JdbcClient direct, String state, boolean ended) {
    direct.sql(FILL).param("state", state).param("ended", ended).param("tasks", TASKS).update();
  }

  public JdbcClient jdbc() {
    return jdbc;
  }

  public NamedParameterJdbcTemplate batches() {
    return new NamedParameterJdbcTemplate(rowsRead);
  }

  public TransactionTemplate transaction() {
    return new TransactionTemplate(new JdbcTransactionManager(rowsRead));
  }

  /** By that statement of this which reads the most. */
  public long rowsRead(Runnable work) {
    rowsRead.most();
    work.run();
    return rowsRead.most();
  }

  @Override
  public void close() {
    source.close();
  }
}
