package dev.warren.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ControlMessageTest {

  private static final Instant AS_OF = Instant.parse("2026-01-02T03:04:05.678Z");

  private static final ControlMessage SNAPSHOT =
      ControlMessage.snapshot(
          List.of("01936f3e-8a00-7000-8000-000000000001", "01936f3e-8a00-7000-8000-000000000002"),
          Set.of("mail", "images"),
          AS_OF);

  static List<ControlMessage> all() {
    return List.of(
        SNAPSHOT,
        ControlMessage.snapshot(List.of(), Set.of(), AS_OF),
        ControlMessage.cancel(List.of("a", "b")),
        ControlMessage.queues(Set.of(), AS_OF),
        ControlMessage.queues(Set.of("mail"), AS_OF));
  }

  @ParameterizedTest
  @MethodSource("all")
  void isReadAsItWasWritten(ControlMessage message) {
    assertThat(ControlMessage.from(message.toWire().body())).hasValue(message);
  }

  @Test
  void isTheGoldenMessage() throws IOException {
    var golden = golden();
    var wire = SNAPSHOT.toWire();

    assertThat(JsonMapper.shared().readTree(wire.body())).isEqualTo(golden.get("body"));
    assertThat(wire.exchange()).isEqualTo(golden.get("exchange").asString());
    assertThat(wire.routingKey()).isEqualTo(golden.get("routingKey").asString());
    assertThat(wire.headers()).isEmpty();
    assertThat(ControlMessage.from(golden.get("body").toString().getBytes(UTF_8)))
        .hasValue(SNAPSHOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "7", "null", "{}", "{\"kind\":\"dance\"}", "\u0000"})
  void isNone_whereTheKindIsUnknown(String body) {
    assertThat(ControlMessage.from(body.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void saysNothingOfQueues_whereItDoesNotSaySinceWhen() {
    var body =
        "{\"kind\":\"snapshot\",\"cancelled\":[\"a\",1],\"paused\":[\"mail\"],\"asOf\":\"now\"}";

    assertThat(ControlMessage.from(body.getBytes(UTF_8)))
        .hasValue(new ControlMessage(ControlMessage.Kind.SNAPSHOT, List.of("a"), null, null));
  }

  @Test
  void namesAWorkerByOneWord() {
    assertThat(TaskTopology.startedKeyOf("my.worker #1")).isEqualTo("worker.started.my_worker__1");
    assertThat(TaskTopology.controlQueueOf("\u00e4".repeat(300))).hasSizeLessThan(100);
  }

  private static JsonNode golden() throws IOException {
    try (var file = ControlMessage.class.getResourceAsStream("message-control.json")) {
      return JsonMapper.shared().readTree(file);
    }
  }
}
