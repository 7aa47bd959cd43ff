package dev.warren.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.WorkerPresence.Kind;
import dev.warren.contract.WorkerPresence.Slot;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorkerPresenceTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final WorkerPresence FULL =
      new WorkerPresence(
          "worker-1",
          "9f0c2d5e-8a00-4000-8000-000000000001",
          "rabbit-hole",
          "0.1.0",
          Instant.parse("2026-01-02T03:00:00.123Z"),
          List.of("default", "mail"),
          2,
          List.of(
              new Slot(
                  "01936f3e-8a00-7000-8000-000000000002",
                  "chaos",
                  "default",
                  Instant.parse("2026-01-02T03:04:05.678Z"),
                  1,
                  3,
                  1,
                  2)),
          42,
          7,
          Instant.parse("2026-01-02T03:04:06.001Z"));

  @Test
  void isTheGoldenMessage() throws Exception {
    JsonNode golden;
    try (var file =
        Objects.requireNonNull(WorkerPresence.class.getResourceAsStream("message-worker.json"))) {
      golden = JSON.readTree(file);
    }

    assertThat(JSON.readTree(FULL.toJson())).isEqualTo(golden.get("body"));
    assertThat(FULL.routingKey(Kind.ALIVE)).isEqualTo(golden.get("routingKey").asString());
    assertThat(WorkerPresence.from(JSON.writeValueAsBytes(golden.get("body")))).hasValue(FULL);
  }

  @Test
  void ofAWorkerInAnotherLanguageNeedsANameAndAnInstance() {
    var read = read("{\"name\": \"py\", \"instance\": \"1\", \"slots\": [{\"taskId\": \"a\"}]}");

    assertThat(read.queues()).isEmpty();
    assertThat(read.concurrency()).isEqualTo(1);
    assertThat(read.startedAt()).isNull();
    assertThat(read.slots()).containsExactly(new Slot("a", null, null, null, 1, 1, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "no JSON",
        "{\"name\": \"a\"}",
        "{\"instance\": \"a\"}",
        "{\"name\": \" \", \"instance\": \"a\"}",
        "{\"name\": \"a\", \"instance\": \"a\", \"startedAt\": \"yesterday\"}",
        "{\"name\": \"a\", \"instance\": \"a\", \"slots\": 5}"
      })
  void isNone_whereItMakesNoSense(String body) {
    assertThat(WorkerPresence.from(body.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void isBounded() {
    var many = JSON.writeValueAsString(Collections.nCopies(500, Map.of("taskId", "x".repeat(50))));
    var text = "{\"name\":\"%s\",\"instance\":\"1\",\"slots\":%s}";

    var read = read(text.formatted("n".repeat(1000), many));
    var tooLong = text.formatted("n".repeat(WorkerPresence.MAX_BYTES), "[]").getBytes(UTF_8);

    assertThat(read.name()).hasSize(255);
    assertThat(read.slots()).hasSize(WorkerPresence.MAX_SLOTS);
    assertThat(WorkerPresence.from(tooLong)).isEmpty();
  }

  @Test
  void hasAKeyOfThreeWords_whateverTheNameIs() {
    var named = read("{\"name\": \"a.b *#\\u00e4\", \"instance\": \"1\"}");

    assertThat(named.routingKey(Kind.STOPPED)).isEqualTo("worker.stopped.a_b____");
    assertThat(Kind.of(named.routingKey(Kind.STOPPED))).hasValue(Kind.STOPPED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "worker", "worker.", "worker.asleep.a", "task.alive.a", "workeralive"})
  void isOfNoKind_whereTheKeyNamesNone(String routingKey) {
    assertThat(Kind.of(routingKey)).isEmpty();
  }

  private static WorkerPresence read(String body) {
    return WorkerPresence.from(body.getBytes(UTF_8)).orElseThrow();
  }
}
