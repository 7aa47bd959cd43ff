package dev.warren.worker;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A worker in a JVM of its own, to be killed, frozen and stopped; its log is in target/. */
final class WorkerProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Pattern PREFIX = Pattern.compile("^\\S+ +[A-Z]+ \\d+ --- .*?\\S+ +: ");
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final Path log;
  private final Process process;

  private WorkerProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /** Starts it and does not wait; {@code environment} wins over what a test usually wants. */
  static WorkerProcess start(String name, String brokerUri, Map<String, String> environment) {
    try {
      var directory = Files.createDirectories(Path.of("target", "workers"));
      var log = Files.createTempFile(directory, name + "-", ".log");
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      var builder =
          new ProcessBuilder(
              List.of(
                  java,
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  WorkerApplication.class.getName()));
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      builder
          .environment()
          .putAll(
              Map.of(
                  "WORKER_NAME",
                  name,
                  "RABBITMQ_URI",
                  brokerUri,
                  "WORKER_PORT",
                  "0",
                  "WORKER_QUEUES",
                  "default"));
      builder.environment().putAll(environment);
      return new WorkerProcess(name, log, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static WorkerProcess start(String name, String brokerUri) {
    return start(name, brokerUri, Map.of());
  }

  /** Waits until it is ready to take tasks. */
  WorkerProcess ready() {
    awaitReadiness(200);
    return this;
  }

  void awaitReadiness(int status) {
    await(name + " readiness " + status)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> status("/actuator/health/readiness") == status);
  }

  int status(String path) {
    return exchange(path).statusCode();
  }

  String get(String path) {
    return exchange(path).body();
  }

  /** The log's lines without the logger's prefix. */
  List<String> lines() {
    return rawLines().stream().map(line -> PREFIX.matcher(line).replaceFirst("")).toList();
  }

  List<String> rawLines() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the first such line and answers it. */
  String awaitLine(Predicate<String> wanted) {
    return await("a line in " + log)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> lines().stream().filter(wanted).findFirst(), line -> line.isPresent())
        .orElseThrow();
  }

  void awaitLines(int count, Predicate<String> wanted) {
    await(count + " lines in " + log)
        .atMost(PATIENCE)
        .until(() -> lines().stream().filter(wanted).count() >= count);
  }

  String awaitReceived(String id) {
    return awaitLine(line -> line.startsWith(name + " received " + id + " "));
  }

  String awaitDone(String id) {
    return awaitLine(line -> line.startsWith(name + " done " + id + " "));
  }

  boolean received(String id) {
    return lines().stream().anyMatch(line -> line.startsWith(name + " received " + id + " "));
  }

  boolean did(String id) {
    return lines().stream().anyMatch(line -> line.startsWith(name + " done " + id + " "));
  }

  void kill() {
    signal("KILL");
    exitCode();
  }

  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  /** SIGTERM; does not wait. */
  void terminate() {
    signal("TERM");
  }

  int exitCode() {
    await(name + " ends").atMost(PATIENCE).until(() -> !process.isAlive());
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    exitCode();
  }

  @Override
  public String toString() {
    return name;
  }

  private void signal(String signal) {
    try {
      var kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("kill -" + signal + " " + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> exchange(String path) {
    var port = PORT.matcher(awaitLine(line -> PORT.matcher(line).find()));
    if (!port.find()) {
      throw new IllegalStateException("no port");
    }
    var uri = URI.create("http://127.0.0.1:" + port.group(1) + path);
    try {
      return HTTP.send(
          HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
