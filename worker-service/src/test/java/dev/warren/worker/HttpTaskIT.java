package dev.warren.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TraceParent;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tasks that call URLs, and the traces that they and all others are a part of. */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class HttpTaskIT {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final Map<String, Object> TRACED = Map.of("traceparent", TRACEPARENT);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final VirtualHost vhost;
  private final SenderStub sender;
  private final WorkerProcess worker;
  private final HttpServer target;
  private final List<String> traces = new CopyOnWriteArrayList<>();
  private final List<String> exports = new CopyOnWriteArrayList<>();

  HttpTaskIT(VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    sender = new SenderStub(vhost).declareTopology();
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"), settings(Map.of()));
    target = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    target.setExecutor(Executors.newCachedThreadPool());
    target.createContext("/", this::answer);
    target.start();
  }

  private static Map<String, String> settings(Map<String, String> more) {
    var all = new HashMap<>(more);
    all.put("HTTP_ALLOWED_NETWORKS", "127.0.0.0/8");
    return all;
  }

  /** As the path says: /STATUS or /never. */
  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    traces.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
    exchange.getRequestBody().readAllBytes();
    if (path.equals("/v1/traces")) {
      exports.add(path);
    } else if (path.equals("/never")) {
      return;
    }
    var status = path.matches("/[0-9]{3}") ? Integer.parseInt(path.substring(1)) : 200;
    exchange.getResponseHeaders().add("Retry-After", "7");
    var body = "hello".getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @BeforeAll
  void start() {
    worker.ready();
  }

  @AfterAll
  void stop() {
    worker.close();
    sender.close();
    target.stop(0);
  }

  @Test
  void hasTheAnswerAsItsResult_andPassesItsTraceOn() throws Exception {
    var id = sender.send("http", call("/200"), TRACED);

    var succeeded = sender.awaitEvent(id, Kind.SUCCEEDED);

    assertThat(new String(succeeded.body(), UTF_8))
        .isEqualTo(
            "{\"status\":200,\"headers\":{},\"body\":\"hello\",\"encoding\":\"utf-8\",\"truncated\":false}");
    assertThat(sender.messages(id))
        .allSatisfy(event -> assertThat(event.headers()).containsAllEntriesOf(TRACED));
    assertThat(traces).contains(TRACEPARENT);
    worker.awaitDone(id);
    assertThat(worker.rawLines().stream().filter(line -> line.contains(id)))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).contains("[trace=" + TRACE + "] "));
  }

  @Test
  void hasNoTrace_whereItsCallerHasNone() throws Exception {
    var malformed = Map.<String, Object>of("traceparent", "00-0-0-01");
    for (var id : List.of(sender.send("Hello"), sender.send("chaos", "{}", malformed))) {
      await("its end").atMost(PATIENCE).until(() -> !sender.messages(id).isEmpty());

      assertThat(sender.messages(id).get(0).headers()).doesNotContainKey("traceparent");
      assertThat(worker.awaitReceived(id)).isNotNull();
      assertThat(worker.rawLines().stream().filter(line -> line.contains(id)))
          .noneMatch(line -> line.contains("trace="));
    }
  }

  @Test
  void isTriedAgainWhenTheAnswerSaysSo() throws Exception {
    var id = sender.send("http", call("/503"), TRACED);

    var failed = sender.awaitEvent(id, Kind.FAILED);

    assertThat(failed.requireFailure().permanent()).isFalse();
    assertThat(failed.requireFailure().retryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(failed.requireFailure().message()).isEqualTo("503 from " + place() + ": hello");
    assertThat(failed.task().trace()).hasToString(TRACEPARENT);
  }

  @Test
  void isDead_whereTheAddressMayNotBeCalled() throws Exception {
    var id = sender.send("http", "{\"url\":\"http://169.254.169.254/latest/meta-data\"}");

    var failure = sender.awaitEvent(id, Kind.FAILED).requireFailure();

    assertThat(failure.permanent()).isTrue();
    assertThat(failure.errorClass()).isEqualTo("AddressRefused");
    assertThat(failure.message()).contains("169.254.169.254").contains("HTTP_ALLOWED_NETWORKS");
  }

  @Test
  void isDead_whereItsPayloadIsNoCall() throws Exception {
    var id = sender.send("http", "{\"url\":\"file:///etc/passwd\"}");

    var failure = sender.awaitEvent(id, Kind.FAILED).requireFailure();

    assertThat(failure.permanent()).isTrue();
    assertThat(failure.message()).isEqualTo("url must begin with http:// or https://");
  }

  @Test
  void isHungUp_atTheDeadlineOfTheAttempt() throws Exception {
    var id = sender.send("http", call("/never"), Map.of("timeout-ms", 700));

    assertThat(sender.awaitEvent(id, Kind.FAILED).requireFailure().permanent()).isFalse();
    assertThat(worker.get("/actuator/prometheus")).contains("warren_handlers_abandoned 0.0");
  }

  @Test
  void doesNotBegin_withASecretThatIsNone() {
    var secret = Map.of("HTTP_SIGNING_SECRET", "whsec_c2hvcnQ=");
    try (var failed = WorkerProcess.start("worker-2", vhost.uriOf("worker"), settings(secret))) {

      assertThat(failed.exitCode()).isEqualTo(1);
      failed.awaitLine(line -> line.contains("HTTP_SIGNING_SECRET: secret 1 must be whsec_"));
      assertThat(failed.lines()).noneMatch(line -> line.contains("c2hvcnQ"));
    }
  }

  @Test
  void makesSpans_whereItIsSaidWhoTakesThem(VirtualHost vhost) throws Exception {
    var collector =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            place(),
            "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULEDELAY",
            "100ms");
    try (var sender = new SenderStub(vhost).declareTopology();
        var tracing = WorkerProcess.start("worker-3", vhost.uriOf("worker"), settings(collector))) {
      var id = sender.send("http", call("/202"), TRACED);

      var succeeded = sender.awaitEvent(id, Kind.SUCCEEDED);

      assertThat(succeeded.task().trace()).hasToString(TRACEPARENT);
      assertThat(traces)
          .filteredOn(trace -> trace.contains(TRACE) && !trace.equals(TRACEPARENT))
          .singleElement()
          .satisfies(trace -> assertThat(TraceParent.parse(trace)).isPresent());
      await("its span").atMost(PATIENCE).until(() -> !exports.isEmpty());
      tracing.awaitDone(id);
      assertThat(tracing.rawLines().stream().filter(line -> line.contains(id)))
          .allSatisfy(line -> assertThat(line).contains("[trace=" + TRACE + "] "));
    }
  }

  private String call(String path) {
    return "{\"url\":\"" + place() + path + "\"}";
  }

  private String place() {
    return "http://127.0.0.1:" + target.getAddress().getPort();
  }
}
