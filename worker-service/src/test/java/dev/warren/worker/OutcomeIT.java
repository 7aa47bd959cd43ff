package dev.warren.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.WireMessage;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the ledger hears of a task from a worker with one slot. */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class OutcomeIT {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final SenderStub sender;
  private final WorkerProcess worker;

  OutcomeIT(VirtualHost vhost) throws Exception {
    sender = new SenderStub(vhost).declareTopology();
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"), Map.of("WORKER_CHAOS", "true"));
  }

  @BeforeAll
  void start() {
    worker.ready();
  }

  @AfterAll
  void stop() {
    worker.close();
    sender.close();
  }

  @Test
  void isTheResult() throws Exception {
    var before = Instant.now();
    var succeeded = sender.awaitEvent(sender.send("chaos", "{}"), Kind.SUCCEEDED);

    assertThat(new String(succeeded.body(), UTF_8)).isEqualTo("{\"attempt\":1}");
    assertThat(succeeded.worker()).isEqualTo("worker-1");
    assertThat(succeeded.startedAt())
        .isBetween(before.minusSeconds(1), Instant.now())
        .isBeforeOrEqualTo(succeeded.endedAt());
  }

  @Test
  void isNothing_whereTheTypeHasNoResult() throws Exception {
    assertThat(sender.awaitEvent(sender.send("Hello"), Kind.SUCCEEDED).body()).isEmpty();
  }

  @Test
  void saysRunning_onlyOfWhatTakesLongerThanAMoment() throws Exception {
    var quick = sender.send("Hello");
    var slow = sender.send("chaos", "{\"sleepSeconds\":0.5}");

    sender.awaitEvent(slow, Kind.SUCCEEDED);

    assertThat(sender.awaitEvent(slow, Kind.RUNNING).startedAt()).isNotNull();
    assertThat(sender.events(quick)).extracting(TaskEvent::kind).containsExactly(Kind.SUCCEEDED);
  }

  @Test
  void saysHowFarItIs() throws Exception {
    var id = sender.send("chaos", "{\"sleepSeconds\":2.5}");
    sender.awaitEvent(id, Kind.SUCCEEDED);

    var told = sender.events(id).stream().filter(event -> event.kind() == Kind.PROGRESS).toList();
    assertThat(told).hasSizeBetween(1, 3);
    assertThat(told.get(0).progress().percent()).isBetween(30, 60);
    assertThat(told.get(0).progress().note()).isEqualTo("sleeping");
  }

  @Test
  void countsAttempts_asTheTaskSays() throws Exception {
    var failing = Map.<String, Object>of("round", 2, "attempt", 2, "dispatch", 3);
    var working = Map.<String, Object>of("round", 2, "attempt", 3, "dispatch", 1);

    var failed = sender.awaitEvent(sender.send("chaos", "{\"failFirst\":2}", failing), Kind.FAILED);
    var succeeded =
        sender.awaitEvent(sender.send("chaos", "{\"failFirst\":2}", working), Kind.SUCCEEDED);

    assertThat(failed.task().execution()).isEqualTo(new Execution(2, 2, 3));
    assertThat(failed.requireFailure().errorClass()).isEqualTo("ChaosFailure");
    assertThat(new String(succeeded.body(), UTF_8)).isEqualTo("{\"attempt\":3}");
  }

  @Test
  void isAFailure_atTheDeadline() throws Exception {
    var id = sender.send("chaos", "{\"sleepSeconds\":60}", Map.of("timeout-ms", 700, "attempt", 5));

    var failure = sender.awaitEvent(id, Kind.FAILED).requireFailure();

    assertThat(failure.timedOut()).isTrue();
    assertThat(failure.permanent()).isFalse();
    assertThat(worker.awaitLine(line -> line.startsWith("worker-1 timed-out " + id)))
        .endsWith(" chaos attempt=5 TimedOut: took longer than 0.7s (the last attempt)");
  }

  @Test
  void isAFailure_atADeadlineBelowAMoment() throws Exception {
    var id = sender.send("chaos", "{\"sleepSeconds\":60}", Map.of("timeout-ms", 1));

    assertThat(sender.awaitEvent(id, Kind.FAILED).requireFailure().timedOut()).isTrue();
  }

  @Test
  void doesNotWaitForAHandler_thatIgnoresItsInterrupt() throws Exception {
    var deaf =
        sender.send(
            "chaos", "{\"sleepSeconds\":8,\"ignoreInterrupt\":true}", Map.of("timeout-ms", 300));
    var next = sender.send("Hello");

    assertThat(sender.awaitEvent(deaf, Kind.FAILED).requireFailure().timedOut()).isTrue();
    worker.awaitDone(next);
    assertThat(worker.awaitLine(line -> line.startsWith("worker-1 abandoned " + deaf)))
        .contains("deaf to its interrupt, at java");
    assertThat(worker.get("/actuator/prometheus")).contains("warren_handlers_abandoned 1.0");
    assertThat(worker.get("/actuator/info")).contains("\"holding\":[]");
    await("its end")
        .atMost(Duration.ofSeconds(120))
        .until(() -> worker.get("/actuator/prometheus").contains("warren_handlers_abandoned 0.0"));
    assertThat(sender.events(deaf))
        .extracting(TaskEvent::kind)
        .doesNotContain(Kind.SUCCEEDED, Kind.PROGRESS);
  }

  @Test
  void isExpired_whenItsTimeIsOver() throws Exception {
    var over = Map.<String, Object>of("expires-at", Instant.now().minusSeconds(1).toString());
    var later = Map.<String, Object>of("expires-at", Instant.now().plusSeconds(600).toString());

    var expired = sender.send("chaos", "{}", over);
    var done = sender.send("chaos", "{}", later);

    assertThat(sender.awaitEvent(expired, Kind.EXPIRED).body()).isEmpty();
    sender.awaitEvent(done, Kind.SUCCEEDED);
    assertThat(sender.events(expired)).hasSize(1);
    assertThat(worker.received(expired)).isFalse();
    worker.awaitLine(line -> line.startsWith("worker-1 expired " + expired + " chaos at 20"));
  }

  @Test
  void carriesAllThatTheTaskCameWith() throws Exception {
    var golden = (ObjectNode) SenderStub.golden("message-task.json");
    golden.putObject("body").put("message", ".......");

    var id = sender.send(golden);
    sender.awaitEvent(id, Kind.FAILED);

    var wire = sender.messages(id).get(0);
    assertThat(JSON.<JsonNode>valueToTree(wire.headers()).properties())
        .extracting(Map.Entry::getKey)
        .containsAll(golden.get("headers").propertyNames());
    var again = sender.awaitEvent(id, Kind.FAILED).task().toQueue();
    assertThat(json(again)).isEqualTo(golden);
  }

  @Test
  void isTheGoldenEvent() throws Exception {
    var golden = (ObjectNode) SenderStub.golden("message-event.json");
    var task = golden.deepCopy();
    task.put("exchange", "tasks").put("routingKey", "default");
    var onlyOfTheEvent =
        Set.of(
            "worker",
            "delivery",
            "started-at",
            "ended-at",
            "error-class",
            "error-message",
            "permanent",
            "timed-out");
    ((ObjectNode) task.get("headers")).remove(onlyOfTheEvent);

    var id = sender.send(task);
    sender.awaitEvent(id, Kind.FAILED);

    var written = json(sender.messages(id).get(0));
    for (var time : Set.of("started-at", "ended-at")) {
      var headers = (ObjectNode) written.get("headers");
      assertThat(Instant.parse(headers.get(time).asString())).isAfter("2026-01-02T00:00:00Z");
      headers.set(time, golden.get("headers").get(time));
    }
    assertThat(written).isEqualTo(golden);
  }

  /** As the golden files are written; numbers as their text is, whatever type AMQP has for them. */
  private static JsonNode json(WireMessage message) {
    var properties = new LinkedHashMap<String, Object>();
    properties.put("message_id", message.messageId());
    properties.put("type", message.type());
    properties.put("timestamp", String.valueOf(message.timestamp()).replaceFirst("\\.\\d+Z", "Z"));
    properties.put("priority", message.priority());
    properties.put("reply_to", message.replyTo());
    properties.put("correlation_id", message.correlationId());
    properties.put("content_type", WireMessage.CONTENT_TYPE);
    properties.put("delivery_mode", WireMessage.PERSISTENT);
    var whole = new LinkedHashMap<String, Object>();
    whole.put("exchange", message.exchange());
    whole.put("routingKey", message.routingKey());
    whole.put("properties", properties);
    whole.put("headers", message.headers());
    whole.put("body", JSON.readTree(message.body()));
    return JSON.readTree(JSON.writeValueAsString(whole));
  }
}
