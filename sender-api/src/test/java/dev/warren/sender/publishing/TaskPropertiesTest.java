package dev.warren.sender.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.MessagePayload;
import dev.warren.contract.TaskMessage;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden message of task-contract is what this side writes. */
class TaskPropertiesTest {

  @Test
  void writesTheGoldenMessage() throws Exception {
    var json = JsonMapper.shared();
    var golden =
        json.readTree(
            TaskMessage.class.getResource("message-task.json").openStream().readAllBytes());
    var expected = golden.get("properties");

    var written =
        TaskProperties.of(
            new TaskMessage(
                expected.get("message_id").asString(),
                expected.get("type").asString(),
                golden.get("routingKey").asString(),
                Instant.parse(expected.get("timestamp").asString()),
                new byte[0]));

    var actual =
        Map.of(
            "message_id", written.getMessageId(),
            "type", written.getType(),
            "timestamp", written.getTimestamp().toInstant().toString(),
            "content_type", written.getContentType(),
            "delivery_mode", written.getDeliveryMode());
    assertThat(json.<JsonNode>valueToTree(actual)).isEqualTo(expected);
    assertThat(json.<JsonNode>valueToTree(written.getHeaders())).isEqualTo(golden.get("headers"));
    var message = golden.get("body").get("message").asString();
    assertThat(json.<JsonNode>valueToTree(new MessagePayload(message)))
        .isEqualTo(golden.get("body"));
  }
}
