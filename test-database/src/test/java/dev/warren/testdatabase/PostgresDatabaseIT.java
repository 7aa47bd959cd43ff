package dev.warren.testdatabase;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class PostgresDatabaseIT {

  @Test
  void answersNothing_whileFrozen() throws SQLException {
    try (var database = Database.POSTGRES.fresh()) {
      try (var connection = database.connect()) {
        database.freeze();
        try {
          assertThat(connection.isValid(1)).isFalse();
        } finally {
          database.thaw();
        }
      }
      try (var connection = database.connect()) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }

  @Test
  void writesToDiskBeforeItConfirms() throws SQLException {
    try (var database = Database.POSTGRES.fresh();
        var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW fsync")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("on");
    }
  }
}
