package dev.warren.testdatabase;

import dev.warren.testbroker.ServerContainer;
import java.sql.SQLException;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL 17 in a container; its port stays the same when it is started again. */
final class ContainerPostgres implements PostgresServer {

  private final PostgreSQLContainer container =
      new PostgreSQLContainer("postgres:17")
          .withUsername("warren")
          .withDatabaseName("warren")
          .withCommand("postgres"); // Testcontainers would turn fsync off

  private final ServerContainer server = new ServerContainer(container);
  private final int port = server.publish(5432);

  @Override
  public void start() {
    server.start(this::answers);
  }

  @Override
  public void kill() {
    server.kill();
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
  public void remove() {
    container.stop();
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://%s:%d/%s".formatted(container.getHost(), port, database);
  }

  @Override
  public String username() {
    return container.getUsername();
  }

  @Override
  public String password() {
    return container.getPassword();
  }

  private boolean answers() throws SQLException {
    try (var connection = connect()) {
      return connection.isValid(5);
    }
  }
}
