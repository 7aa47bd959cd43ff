package dev.warren.testdatabase;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** An empty database that one test has to itself, on a server to be killed and frozen at will. */
public interface TestDatabase extends AutoCloseable {

  String jdbcUrl();

  String username();

  String password();

  /** A plain connection of the test's own. */
  default Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), username(), password());
  }

  /**
   * SIGKILL, as when the power goes, to the server that all databases of its kind share. H2 has no
   * server: its file is closed without any cleanup.
   */
  void kill();

  /** Returns once it answers after {@link #kill}; what was committed is there again. */
  void start();

  /**
   * Stops the server without ending it, as a machine that hangs.
   *
   * @throws UnsupportedOperationException by H2, which runs in the process of the test
   */
  void freeze();

  /** Ends what {@link #freeze} began. */
  void thaw();

  /** Deletes the database; its server goes on, and ends with the JVM. */
  @Override
  void close();
}
