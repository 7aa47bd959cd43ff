package dev.warren.sender.ledger;

import com.zaxxer.hikari.HikariDataSource;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.contract.WireMessage;
import dev.warren.testdatabase.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The ledger's store on a database of its own, without a broker. */
final class TestLedger implements AutoCloseable {

  /** By the clock, so never twice the same. */
  private static final List<String> TIMES = List.of("heard_at", "queued_at", "due_at", "ended_at");

  private final HikariDataSource source = new HikariDataSource();
  final JdbcTemplate jdbc;
  final TaskStore store;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TransactionTemplate transaction;
  private final List<String> due = new ArrayList<>();

  TestLedger(TestDatabase database) {
    source.setJdbcUrl(database.jdbcUrl());
    source.setUsername(database.username());
    source.setPassword(database.password());
    source.setMaximumPoolSize(4);
    Flyway.configure().dataSource(source).load().migrate();
    jdbc = new JdbcTemplate(source);
    transaction = new TransactionTemplate(new JdbcTransactionManager(source));
    store =
        new TaskStore(transaction, jdbc, new EventLog(jdbc, meters), new Endings(jdbc, this::due));
  }

  private void due(Object event) {
    due.addAll(((RepliesDue) event).taskIds());
  }

  /** Those whose foreign caller is to be answered, since this was last asked. */
  List<String> due() {
    var ids = List.copyOf(due);
    due.clear();
    return ids;
  }

  /** How many ended so, as it is counted. */
  double ended(TaskState state, String reason) {
    var name = state.name().toLowerCase(Locale.ROOT);
    return meters.get("warren.tasks.ended").tags("state", name, "reason", reason).counter().count();
  }

  TransactionTemplate inTransaction() {
    return transaction;
  }

  /** Each in a transaction of its own. */
  void hear(WireMessage... messages) {
    Arrays.stream(messages).forEach(message -> hearAtOnce(List.of(message)));
  }

  List<TaskEvent> hearAtOnce(List<WireMessage> messages) {
    var heard =
        messages.stream().map(each -> Heard.from(each, Instant.now()).orElseThrow()).toList();
    return store.apply(heard, List.of());
  }

  List<TaskEvent> bury(WireMessage message) {
    return store.apply(List.of(Heard.buried(message, Instant.now())), List.of());
  }

  TaskState state(String id) {
    return TaskState.valueOf(
        jdbc.queryForObject("SELECT state FROM task WHERE id = ?", String.class, id));
  }

  TaskMessage task(String id) {
    return jdbc.queryForObject(
        "SELECT * FROM task WHERE id = ?", (row, number) -> TaskRows.taskOf(row), id);
  }

  <T> T column(String id, String column, Class<T> type) {
    return jdbc.queryForObject("SELECT " + column + " FROM task WHERE id = ?", type, id);
  }

  Instant time(String id, String column) {
    return jdbc.queryForObject(
        "SELECT " + column + " FROM task WHERE id = ?",
        (row, number) -> TaskRows.instant(row, column),
        id);
  }

  /** All that is written down of it: what, what it became by it, how far it was. */
  List<String> story(String id) {
    return jdbc.query(
        "SELECT kind, state, progress_percent FROM task_event WHERE task_id = ? ORDER BY sequence",
        (row, number) ->
            row.getString("kind")
                + " "
                + row.getString("state")
                + (row.getObject("progress_percent") == null ? "" : " " + row.getInt(3)),
        id);
  }

  /** The numbers behind the last one. */
  void readOn(List<String> sequences) {
    var last = sequences.isEmpty() ? 0 : Long.parseLong(sequences.get(sequences.size() - 1));
    sequences.addAll(
        jdbc.queryForList(
            "SELECT sequence FROM task_event WHERE sequence > ? ORDER BY sequence",
            String.class,
            last));
  }

  /** What workers said of it, but for its progress. */
  List<String> events(String id) {
    return jdbc.queryForList(
        "SELECT kind FROM task_event WHERE task_id = ? AND arrivals IS NULL"
            + " AND kind NOT IN ('QUEUED', 'SCHEDULED', 'PROGRESS') ORDER BY sequence",
        String.class,
        id);
  }

  /** All that must not depend on the order in which things were heard. */
  Map<String, Object> row(String id) {
    return jdbc.queryForObject("SELECT * FROM task WHERE id = ?", (row, number) -> plain(row), id);
  }

  private static Map<String, Object> plain(ResultSet row) throws SQLException {
    var plain = new LinkedHashMap<String, Object>();
    for (var i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      var name = row.getMetaData().getColumnLabel(i);
      var value = row.getObject(i);
      if (TIMES.contains(name)) {
        plain.put(name, value == null ? "never" : "some time");
      } else if (name.equals("payload") || name.equals("result")) {
        plain.put(name, value == null ? null : new String(row.getBytes(i)));
      } else if (!name.equals("id")) {
        plain.put(name, value == null ? null : value.toString());
      }
    }
    return plain;
  }

  @Override
  public void close() {
    source.close();
  }
}
