package dev.warren.testbroker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A server that one of {@code scripts/} runs natively, in a folder and on ports of its own. */
public final class ServerScript {

  private static final long TIMEOUT_SECONDS = 120;

  private final Path script;
  private final Path directory;
  private final List<String> ports;

  /**
   * @param name of the script
   * @param ports variables that say where it is to listen
   */
  public ServerScript(String name, String... ports) {
    var module = Path.of("").toAbsolutePath();
    this.script = module.resolveSibling("scripts").resolve(name);
    this.directory = module.resolve("target").resolve(name + "-" + ProcessHandle.current().pid());
    this.ports = List.of(ports);
  }

  /** Starts it, and answers what it says of itself. */
  public Properties start() {
    run("start");
    var environment = new Properties();
    try (var file = Files.newBufferedReader(directory.resolve("warren.env"))) {
      environment.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return environment;
  }

  /** Answers what it printed. */
  public String run(String... arguments) {
    var command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    try {
      Files.createDirectories(directory);
      var output = directory.resolve("command.log");
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(output.toFile());
      builder.environment().put("WARREN_RUN_DIR", directory.toString());
      ports.forEach(port -> builder.environment().put(port, "0")); // any free, the same ever after
      var process = builder.start();
      var ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
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
