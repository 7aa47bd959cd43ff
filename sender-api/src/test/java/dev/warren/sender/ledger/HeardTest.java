package dev.warren.sender.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.Execution;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.WireMessage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the ledger makes of messages. */
class HeardTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void understandsTheGoldenEvent() throws IOException {
    var heard = Heard.from(golden("message-event.json"), Instant.now()).orElseThrow();
    assertThat(heard.kind()).isEqualTo(TaskEvent.Kind.FAILED);
    assertThat(heard.carriesTask()).isTrue();
    var task = heard.task();
    assertThat(task.id()).isEqualTo("01936f3e-8a00-7000-8000-000000000002");
    assertThat(task.queue()).isEqualTo("default");
    assertThat(task.execution()).isEqualTo(new Execution(2, 3, 4));
    assertThat(task.payload()).asString().isEqualTo("{\"failFirst\":3}");
    assertThat(task.options().retry())
        .isEqualTo(new RetryPolicy(7, Duration.ofMillis(500), Duration.ofMinutes(1), 3, 0.5));
    assertThat(task.options().labels()).containsEntry("customer", "42");
    assertThat(heard.event().requireFailure().errorClass()).isEqualTo("ChaosFailure");
    assertThat(heard.event().worker()).isEqualTo("worker-1");
  }

  @Test
  void understandsTheGoldenTask() throws IOException {
    var heard = Heard.from(golden("message-task.json"), Instant.now()).orElseThrow();
    assertThat(heard.event()).isNull();
    assertThat(heard.carriesTask()).isTrue();
    assertThat(heard.task().createdAt()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  @Test
  void believesTheRoutingKey_ratherThanTheHeader() {
    var task = TaskMessage.of("a", "chaos", "mail", Instant.EPOCH, "{}".getBytes(UTF_8));
    var sent = task.toQueue();
    var elsewhere = Messages.with(sent, "default", "a", "chaos", sent.headers());
    assertThat(Heard.from(elsewhere, Instant.now()).orElseThrow().task().queue())
        .isEqualTo("default");
    assertThat(Heard.from(task.toSchedule(), Instant.now()).orElseThrow().task().queue())
        .isEqualTo("mail");
  }

  @Test
  void neverTakesAReservedKeyForAQueue() {
    for (var queue : new String[] {"dead", "ledger", "scheduled", "no queue", ""}) {
      var task = TaskMessage.of("a", "chaos", queue, Instant.EPOCH, "{}".getBytes(UTF_8));
      var heard = Heard.from(task.toSchedule(), Instant.now()).orElseThrow();
      assertThat(heard.task().queue()).isEqualTo("default");
    }
  }

  private static WireMessage golden(String name) throws IOException {
    try (var file = TaskMessage.class.getResourceAsStream(name)) {
      var golden = JSON.readTree(file.readAllBytes());
      var properties = golden.get("properties");
      return new WireMessage(
          golden.get("exchange").asString(),
          golden.get("routingKey").asString(),
          properties.get("message_id").asString(),
          properties.get("type").asString(),
          Instant.parse(properties.get("timestamp").asString()),
          properties.get("priority").asInt(),
          properties.get("reply_to").asString(),
          properties.get("correlation_id").asString(),
          headers(golden.get("headers")),
          JSON.writeValueAsBytes(golden.get("body")));
    }
  }

  private static Map<String, Object> headers(JsonNode headers) {
    return JSON.convertValue(headers, new TypeReference<>() {});
  }
}
