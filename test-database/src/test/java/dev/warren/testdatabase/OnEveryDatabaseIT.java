package dev.warren.testdatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnEveryDatabase
class OnEveryDatabaseIT {

  private final TestDatabase database;

  OnEveryDatabaseIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void createsTable() throws SQLException {
    execute("CREATE TABLE tasks (id INT PRIMARY KEY, message VARCHAR(20))");
  }

  @AfterEach
  void removesIt() {
    database.close();
  }

  @Test
  void readsBackWhatWasWritten() throws SQLException {
    execute("INSERT INTO tasks VALUES (1, 'one'), (2, 'two')");

    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void keepsCommittedRow_whenKilled() throws SQLException {
    execute("INSERT INTO tasks VALUES (1, 'committed')");
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO tasks VALUES (2, 'not committed')");
      database.kill();
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
    }
    database.start();

    assertThat(messages()).containsExactly("committed");
  }

  @Test
  void sortsNullsLast() throws SQLException {
    execute("INSERT INTO tasks VALUES (1, NULL), (2, 'two')");

    assertThat(messages()).containsExactly("two", null);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> messages() throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT message FROM tasks ORDER BY message")) {
      var messages = new ArrayList<String>();
      while (rows.next()) {
        messages.add(rows.getString(1));
      }
      return messages;
    }
  }
}
