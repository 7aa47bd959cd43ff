package dev.warren.sender;

import static org.awaitility.Awaitility.await;

import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The application in a JVM of its own, to be killed; its log is in target/. */
final class SenderProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  private final Path log;
  private final Process process;

  private SenderProcess(Path log, Process process) {
    this.log = log;
    this.process = process;
  }

  /** Starts it and does not wait. */
  static SenderProcess start(VirtualHost vhost, TestDatabase database) {
    try {
      var directory = Files.createDirectories(Path.of("target", "senders"));
      var log = Files.createTempFile(directory, "sender-", ".log");
      var builder =
          new ProcessBuilder(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SenderApplication.class.getName()));
      builder
          .environment()
          .putAll(
              Map.of(
                  "SENDER_PORT", "0",
                  "SENDER_GRPC_PORT", "0",
                  "RABBITMQ_URI", vhost.uriOf("sender-api"),
                  "SPRING_DATASOURCE_URL", database.jdbcUrl(),
                  "SPRING_DATASOURCE_USERNAME", database.username(),
                  "SPRING_DATASOURCE_PASSWORD", database.password()));
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      return new SenderProcess(log, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it answers, once it is ready to take tasks and knows its database. */
  URI ready() {
    var port = await("a port in " + log).atMost(PATIENCE).until(this::port, found -> found > 0);
    var uri = URI.create("http://127.0.0.1:" + port);
    await("readiness of " + log)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> health(uri).contains("\"ledger\":{\"details\":{\"depth\":0.0"));
    return uri;
  }

  private static String health(URI uri) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri.resolve("/actuator/health")).build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body() : "";
  }

  private int port() throws IOException {
    var port = PORT.matcher(Files.readString(log, StandardCharsets.UTF_8));
    return port.find() ? Integer.parseInt(port.group(1)) : 0;
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    await("the end of " + log).atMost(PATIENCE).until(() -> !process.isAlive());
  }

  @Override
  public void close() {
    kill();
  }
}
