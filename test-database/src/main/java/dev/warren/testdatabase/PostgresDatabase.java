package dev.warren.testdatabase;

import java.sql.SQLException;
import java.util.UUID;

/** A database of its own on the one server. */
final class PostgresDatabase implements TestDatabase {

  private final PostgresServer server;
  private final String name;

  private PostgresDatabase(PostgresServer server, String name) {
    this.server = server;
    this.name = name;
  }

  static PostgresDatabase on(PostgresServer server) {
    var name = "test_" + UUID.randomUUID().toString().replace('-', '_');
    execute(server, "CREATE DATABASE " + name);
    return new PostgresDatabase(server, name);
  }

  @Override
  public String jdbcUrl() {
    return server.jdbcUrl(name);
  }

  @Override
  public String username() {
    return server.username();
  }

  @Override
  public String password() {
    return server.password();
  }

  @Override
  public void kill() {
    server.kill();
  }

  @Override
  public void start() {
    server.start();
  }

  @Override
  public void freeze() {
    server.freeze();
  }

  @Override
  public void thaw() {
    server.thaw();
  }

  @Override
  public void close() {
    try {
      execute(server, "DROP DATABASE " + name + " WITH (FORCE)");
    } catch (IllegalStateException e) {
      // Its vacuum is at it, which only the superuser may end. It goes with the server, when the
      // JVM ends.
    }
  }

  private static void execute(PostgresServer server, String sql) {
    try (var connection = server.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("the tests' PostgreSQL: " + sql, e);
    }
  }
}
