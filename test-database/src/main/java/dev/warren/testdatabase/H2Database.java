package dev.warren.testdatabase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;

/** H2 in a temporary folder. */
final class H2Database implements TestDatabase {

  private final Path folder;

  H2Database() {
    try {
      folder = Files.createTempDirectory("warren-h2-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String jdbcUrl() {
    return "jdbc:h2:file:"
        + folder.resolve("ledger")
        + ";WRITE_DELAY=0;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";
  }

  @Override
  public String username() {
    return "sa";
  }

  @Override
  public String password() {
    return "";
  }

  @Override
  public void kill() {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void start() {
    // The next connection opens it.
  }

  @Override
  public void freeze() {
    throw new UnsupportedOperationException("H2 runs in this process");
  }

  @Override
  public void thaw() {
    throw new UnsupportedOperationException("H2 runs in this process");
  }

  @Override
  public void close() {
    kill();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
