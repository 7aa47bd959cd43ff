package dev.warren.testdatabase;

import dev.warren.testbroker.ServerContainer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL that belongs to the tests; its role may create databases. */
interface PostgresServer {

  void start();

  void kill();

  void freeze();

  void thaw();

  /** Ends it, and deletes its data. */
  void remove();

  /** With a port that stays the same when it is started again. */
  String jdbcUrl(String database);

  String username();

  String password();

  /** To the database that is always there. */
  default Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl("warren"), username(), password());
  }

  /** The one of this JVM, which ends with it. */
  static PostgresServer running() {
    return Shared.server();
  }

  /** Started when first asked for. */
  final class Shared {

    private static @Nullable PostgresServer server;

    private Shared() {}

    private static synchronized PostgresServer server() {
      if (server == null) {
        server = started();
      }
      return server;
    }

    private static PostgresServer started() {
      var chosen = choose(System.getenv().getOrDefault("WARREN_TEST_BROKER", ""));
      chosen.start();
      Runtime.getRuntime().addShutdownHook(new Thread(chosen::remove));
      return chosen;
    }

    private static PostgresServer choose(String wish) {
      return switch (wish.toLowerCase(Locale.ROOT)) {
        case "native" -> new NativePostgres();
        case "docker" -> new ContainerPostgres();
        case "" -> ServerContainer.isAvailable() ? new ContainerPostgres() : new NativePostgres();
        default ->
            throw new IllegalStateException(
                "WARREN_TEST_BROKER=" + wish + ": use native or docker, or leave it out");
      };
    }
  }
}
