package dev.warren.testdatabase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The server that {@code scripts/database} runs, in a folder and on a port of its own. */
final class NativePostgres implements PostgresServer {

  private static final long COMMAND_TIMEOUT_SECONDS = 120;

  private final Path script;
  private final Path directory;
  private final Properties environment = new Properties();

  NativePostgres() {
    var module = Path.of("").toAbsolutePath();
    script = module.resolveSibling("scripts").resolve("database");
    directory = module.resolve("target").resolve("database-" + ProcessHandle.current().pid());
  }

  @Override
  public void start() {
    run("start");
    try (var file = Files.newBufferedReader(directory.resolve("warren.env"))) {
      environment.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void kill() {
    run("kill");
  }

  @Override
  public void freeze() {
    run("suspend");
  }

  @Override
  public void thaw() {
    run("resume");
  }

  @Override
  public void remove() {
    run("remove");
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

  private void run(String argument) {
    var command = List.of(script.toString(), argument);
    try {
      Files.createDirectories(directory);
      var output = directory.resolve("command.log");
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(output.toFile());
      builder.environment().put("WARREN_RUN_DIR", directory.toString());
      builder.environment().put("POSTGRES_PORT", "0"); // any free one, and the same ever after
      var process = builder.start();
      var ended = process.waitFor(COMMAND_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " failed: " + Files.readString(output));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
