package dev.warren.testdatabase;

import dev.warren.testbroker.ServerScript;
import java.util.Properties;

/** The server that {@code scripts/database} runs. */
final class NativePostgres implements PostgresServer {

  private final ServerScript server = new ServerScript("database", "POSTGRES_PORT");
  private Properties environment = new Properties();

  @Override
  public void start() {
    environment = server.start();
  }

  @Override
  public void kill() {
    server.run("kill");
  }

  @Override
  public void freeze() {
    server.run("suspend");
  }

  @Override
  public void thaw() {
    server.run("resume");
  }

  @Override
  public void remove() {
    server.run("remove");
  }

  @Override
  public String jdbcUrl(String database) {
    var port = environment.getProperty("POSTGRES_PORT");
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public String username() {
    return "warren";
  }

  @Override
  public String password() {
    return environment.getProperty("POSTGRES_PASSWORD");
  }
}
