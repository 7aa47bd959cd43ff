package dev.warren.testbroker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The node that {@code scripts/broker} runs, in a folder and on ports of its own. */
final class NativeBroker implements TestBroker {

  private static final Path SERVER = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
  private static final long COMMAND_TIMEOUT_SECONDS = 120;

  private final Path script;
  private final Path directory;
  private final Properties environment = new Properties();

  NativeBroker() {
    var module = Path.of("").toAbsolutePath();
    script = module.resolveSibling("scripts").resolve("broker");
    directory = module.resolve("target").resolve("broker-" + ProcessHandle.current().pid());
  }

  static boolean isInstalled() {
    return Files.isExecutable(SERVER);
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
  public String ctl(String... arguments) {
    var command = new ArrayList<>(List.of("ctl"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  @Override
  public String uri() {
    return environment.getProperty("RABBITMQ_URI");
  }

  @Override
  public String managementUri() {
    return environment.getProperty("RABBITMQ_MANAGEMENT_URL");
  }

  @Override
  public void close() {
    run("stop");
  }

  private String run(String... arguments) {
    var command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    try {
      Files.createDirectories(directory);
      var output = directory.resolve("command.log");
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(output.toFile());
      builder.environment().put("WARREN_RUN_DIR", directory.toString());
      builder.environment().put("RABBITMQ_PORT", "0"); // any free ones, and the same ever after
      builder.environment().put("RABBITMQ_MANAGEMENT_PORT", "0");
      var process = builder.start();
      var ended = process.waitFor(COMMAND_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      var printed = Files.readString(output);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " failed: " + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
