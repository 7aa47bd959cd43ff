package dev.warren.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.TestDatabase;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** The application in this JVM, on a port of its own. */
final class RunningSender implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Executor A_MOMENT_LATER =
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

  private static final String DATABASE_URL = "--spring.datasource.url=";

  private static final String H2_SETTINGS =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1";

  private final ServletWebServerApplicationContext context;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private RunningSender(ServletWebServerApplicationContext context) {
    this.context = context;
    this.port = context.getWebServer().getPort();
  }

  static RunningSender on(VirtualHost vhost, String... properties) {
    return on(vhost.uriOf("sender-api"), properties);
  }

  static RunningSender on(String uri, String... properties) {
    var arguments =
        new ArrayList<>(
            List.of("--server.port=0", "--SENDER_GRPC_PORT=0", "--RABBITMQ_URI=" + uri));
    if (Arrays.stream(properties).noneMatch(each -> each.startsWith(DATABASE_URL))) {
      arguments.add(DATABASE_URL + "jdbc:h2:mem:" + UUID.randomUUID() + H2_SETTINGS);
    }
    arguments.addAll(List.of(properties));
    var context =
        new SpringApplicationBuilder(SenderApplication.class).run(arguments.toArray(String[]::new));
    return new RunningSender((ServletWebServerApplicationContext) context);
  }

  /** With its ledger in this database. */
  static RunningSender on(VirtualHost vhost, TestDatabase database, String... properties) {
    var all = new ArrayList<>(List.of(properties));
    all.add(DATABASE_URL + database.jdbcUrl());
    all.add("--spring.datasource.username=" + database.username());
    all.add("--spring.datasource.password=" + database.password());
    return on(vhost.uriOf("sender-api"), all.toArray(String[]::new));
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  RunningSender ready() {
    Awaitility.await().atMost(PATIENCE).until(() -> readiness().statusCode() == 200);
    return this;
  }

  HttpResponse<String> readiness() {
    return get("/actuator/health/readiness");
  }

  HttpResponse<String> send(String message) {
    return sendLater(message).join();
  }

  CompletableFuture<HttpResponse<String>> sendLater(String message) {
    return http.sendAsync(
        json("{\"message\": \"" + message + "\"}").build(), BodyHandlers.ofString());
  }

  HttpRequest.Builder json(String body) {
    return to("/send")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(PATIENCE);
  }

  HttpResponse<String> get(String path) {
    return answerTo(to(path));
  }

  HttpResponse<String> answerTo(HttpRequest.Builder request) {
    return answerLater(request).join();
  }

  /** Where the ledger is behind, it asks again, as a client does. */
  CompletableFuture<HttpResponse<String>> answerLater(HttpRequest.Builder request) {
    return answerLater(request, "ledger-behind", Instant.now().plus(PATIENCE));
  }

  /** Whatever the 503 is for, it asks again, as a client does. */
  CompletableFuture<HttpResponse<String>> takenLater(HttpRequest.Builder request) {
    return answerLater(request, "", Instant.now().plus(PATIENCE));
  }

  private CompletableFuture<HttpResponse<String>> answerLater(
      HttpRequest.Builder request, String problem, Instant until) {
    return http.sendAsync(request.build(), BodyHandlers.ofString())
        .thenCompose(
            answer ->
                answer.statusCode() == 503
                        && answer.body().contains("urn:warren:problem:" + problem)
                        && Instant.now().isBefore(until)
                    ? CompletableFuture.supplyAsync(
                            () -> answerLater(request, problem, until), A_MOMENT_LATER)
                        .thenCompose(again -> again)
                    : CompletableFuture.completedFuture(answer));
  }

  /** For as long as it lasts. */
  <T> CompletableFuture<HttpResponse<T>> listen(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    return http.sendAsync(request.build(), handler);
  }

  /** What comes back on a plain socket until the server closes it, or falls silent. */
  String answerToBytes(byte[] bytes) throws IOException {
    try (var socket = new Socket("127.0.0.1", port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  double metric(String line) {
    return get("/actuator/prometheus")
        .body()
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + line));
  }

  /** Whether it takes new connections. */
  boolean accepts() {
    try (var socket = new Socket("127.0.0.1", port())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  int port() {
    return port;
  }

  /** To its gRPC server; is to be shut down. */
  ManagedChannel grpcChannel() {
    var grpc = bean(GrpcServerLifecycle.class).getPort();
    return ManagedChannelBuilder.forAddress("127.0.0.1", grpc)
        .usePlaintext()
        .maxInboundMessageSize(8 << 20)
        .build();
  }

  @Override
  public void close() {
    context.close();
  }
}
