package dev.warren.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** That {@code docs/asyncapi.yaml} is what it says it is, and says what is true. */
class AsyncApiTest {

  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

  private final ObjectNode document = (ObjectNode) read("../docs/asyncapi.yaml");

  @Test
  void isOfAsyncApi3() throws IOException {
    var official = JsonMapper.shared().readTree(resource("/asyncapi/3.0.0.json"));

    assertThat(SCHEMAS.getSchema(official).validate(document)).isEmpty();
  }

  @Test
  void refersToNothingThatIsNotThere() {
    var references = document.findValuesAsString("$ref");

    assertThat(references).hasSizeGreaterThan(30);
    assertThat(references)
        .allSatisfy(each -> assertThat(document.at(each.substring(1)).isMissingNode()).isFalse());
  }

  @Test
  void namesWhatIsAtTheBroker() {
    assertThat(document.get("channels").propertyNames())
        .containsExactlyInAnyOrder(
            TaskTopology.TASKS_EXCHANGE,
            TaskTopology.EVENTS_EXCHANGE,
            TaskTopology.CONTROL_EXCHANGE,
            TaskTopology.DEFAULT_QUEUE,
            TaskTopology.DEAD_QUEUE,
            TaskTopology.LEDGER_QUEUE,
            "reply");
    document
        .get("channels")
        .properties()
        .forEach(
            channel -> {
              var broker = channel.getValue().at("/bindings/amqp");
              var name =
                  broker.at("/exchange/name").asString(broker.at("/queue/name").asString(""));
              assertThat(name).isEqualTo(channel.getKey().equals("reply") ? "" : channel.getKey());
            });
    assertThat(document.at("/channels/tasks/parameters/key/examples").valueStream())
        .extracting(JsonNode::asString)
        .containsExactly(
            TaskTopology.DEFAULT_KEY, TaskTopology.SCHEDULED_KEY, TaskTopology.DEAD_KEY);
  }

  @Test
  void describesEachHeaderThatThereIs() {
    var described = new TreeSet<String>();
    for (var schema : List.of("TaskHeaders", "EventHeaders", "ReplyHeaders")) {
      described.addAll(schema(schema).get("properties").propertyNames());
    }

    assertThat(described)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(TaskHeaders.class.getFields()).map(AsyncApiTest::valueOf).toList());
  }

  @Test
  void describesEachEnd() {
    assertThat(schema("ReplyHeaders").at("/properties/state/enum").valueStream())
        .extracting(JsonNode::asString)
        .containsExactlyElementsOf(TaskState.terminal().stream().map(Enum::name).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "event", "control", "worker"})
  void showsTheGoldenMessage_whichIsAsItDescribes(String message) throws IOException {
    var golden =
        JsonMapper.shared().readTree(resource("/dev/warren/contract/message-" + message + ".json"));
    var described = "/components/messages/" + message;
    var example = document.at(described + "/examples/0");

    assertThat(example.get("payload")).isEqualTo(golden.get("body"));
    assertThat(example.path("headers")).isEqualTo(golden.path("headers"));
    assertThat(faults(described + "/payload", golden.get("body"))).isEmpty();
    assertThat(faults(described + "/x-amqp-properties", golden.get("properties"))).isEmpty();
    if (golden.has("headers")) {
      assertThat(faults(described + "/headers", golden.get("headers"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/components/messages/event/headers | {\"progress-percent\": 101}",
        "/components/messages/event/headers | {\"attempt\": 0}",
        "/components/messages/task/x-amqp-properties | {\"message_id\": \"1\"}",
        "/components/messages/control/payload | {\"kind\": \"other\"}",
        "/components/messages/problem/payload | {\"title\": \"Something\"}"
      })
  void refusesWhatIsNot(String described, String json) {
    assertThat(faults(described, JsonMapper.shared().readTree(json))).isNotEmpty();
  }

  private List<String> faults(String described, JsonNode value) {
    var schema = document.deepCopy();
    schema.putArray("allOf").addObject().put("$ref", "#" + described);
    return SCHEMAS.getSchema(schema).validate(value).stream().map(Object::toString).toList();
  }

  private JsonNode schema(String name) {
    return document.at("/components/schemas/" + name);
  }

  private static String valueOf(Field constant) {
    try {
      return (String) constant.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode read(String file) {
    return YAMLMapper.shared().readTree(Path.of(file));
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(AsyncApiTest.class.getResourceAsStream(name));
  }
}
