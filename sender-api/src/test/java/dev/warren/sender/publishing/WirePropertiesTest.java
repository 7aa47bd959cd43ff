package dev.warren.sender.publishing;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.Execution;
import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden message of task-contract is what this side writes. */
class WirePropertiesTest {

  @Test
  void writesTheGoldenMessage() throws Exception {
    var json = JsonMapper.shared();
    var golden =
        json.readTree(
            TaskMessage.class.getResource("message-task.json").openStream().readAllBytes());
    var expected = golden.get("properties");
    var task =
        new TaskMessage(
            expected.get("message_id").asString(),
            expected.get("type").asString(),
            golden.get("routingKey").asString(),
            Instant.parse("2026-01-02T03:04:05.678Z"),
            new Execution(2, 3, 4),
            new TaskOptions(
                7,
                null,
                null,
                Instant.parse("2126-01-02T03:04:05Z"),
                Duration.ofSeconds(90),
                new RetryPolicy(7, Duration.ofMillis(500), Duration.ofMinutes(1), 3, 0.5),
                Map.of("customer", "42", "batch", "spring")),
            new ReplyAddress("api-1", "reply.someone", "the-callers-own"),
            json.writeValueAsBytes(golden.get("body")),
            new Origin(
                "shop",
                TraceParent.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                    .orElseThrow()));

    var wire = task.toQueue();
    var written = WireProperties.of(wire);

    var actual = new LinkedHashMap<String, Object>();
    actual.put("message_id", written.getMessageId());
    actual.put("type", written.getType());
    actual.put("timestamp", written.getTimestamp().toInstant().truncatedTo(SECONDS).toString());
    actual.put("priority", written.getPriority());
    actual.put("reply_to", written.getReplyTo());
    actual.put("correlation_id", written.getCorrelationId());
    actual.put("content_type", written.getContentType());
    actual.put("delivery_mode", written.getDeliveryMode());
    assertThat(asRead(actual)).isEqualTo(expected);
    assertThat(asRead(written.getHeaders())).isEqualTo(golden.get("headers"));
    assertThat(wire.exchange()).isEqualTo(golden.get("exchange").asString());
    assertThat(wire.routingKey()).isEqualTo(golden.get("routingKey").asString());
    assertThat(json.readTree(wire.body())).isEqualTo(golden.get("body"));
  }

  /** Numbers as a reader sees them, whichever of Java's types they were. */
  private static JsonNode asRead(Object value) {
    var json = JsonMapper.shared();
    return json.readTree(json.writeValueAsString(value));
  }
}
