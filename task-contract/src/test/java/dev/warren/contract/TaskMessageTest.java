package dev.warren.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TaskMessageTest {

  static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");
  static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");
  static final byte[] PAYLOAD = {'{', '}'};

  static final TaskMessage FULL =
      new TaskMessage(
          "id-1",
          "message",
          "images",
          CREATED,
          new Execution(2, 3, 4),
          new TaskOptions(
              7,
              Duration.ofMillis(1500),
              Instant.parse("2026-03-01T00:00:00.001Z"),
              Instant.parse("2026-04-01T00:00:00Z"),
              Duration.ofSeconds(90),
              new RetryPolicy(7, Duration.ofMillis(500), Duration.ofMinutes(1), 3, 0.5),
              Map.of("customer", "42", "batch", "ä")),
          new ReplyAddress("api-1", "reply.someone", "own"),
          PAYLOAD,
          new Origin("shop", new TraceParent("a".repeat(32), "b".repeat(16), "01")));

  @Test
  void isReadAsItWasWritten() {
    assertThat(TaskMessage.from(FULL.toQueue(), NOW)).isEqualTo(FULL);
  }

  @Test
  void isReadAsItWasWritten_withNothingBeyondTheDefaults() {
    var task = TaskMessage.of("id-1", "message", "default", CREATED, PAYLOAD);

    var wire = task.toQueue();

    assertThat(TaskMessage.from(wire, NOW)).isEqualTo(task);
    assertThat(wire.headers()).containsOnlyKeys("queue", "created-at");
  }

  @Test
  void isTheSameOnItsWayToTheScheduleAndToItsQueue() {
    assertThat(FULL.toSchedule().routingKey()).isEqualTo("scheduled");
    assertThat(TaskMessage.from(FULL.toSchedule(), NOW)).isEqualTo(FULL);
    assertThat(FULL.toQueue().routingKey()).isEqualTo("images");
    assertThat(FULL.toQueue().exchange()).isEqualTo("tasks");
  }

  @Test
  void ofAForeignClientNeedsNoHeaderAtAll() {
    var task = TaskMessage.from(wire("mail", null, Map.of()), NOW);

    assertThat(task).isEqualTo(TaskMessage.of("id-1", "message", "mail", NOW, PAYLOAD));
  }

  @ParameterizedTest
  @CsvSource({"scheduled", "dead", "ledger", "task.failed.none.message", "''"})
  void belongsToTheDefaultQueue_whenNothingSaysOtherwise(String routingKey) {
    assertThat(TaskMessage.from(wire(routingKey, null, Map.of()), NOW).queue())
        .isEqualTo("default");
  }

  @Test
  void takesTheTimestamp_whereNoHeaderSaysWhenItWasMade() {
    var timestamp = Instant.parse("2026-01-01T00:00:00Z");

    assertThat(TaskMessage.from(wire("default", timestamp, Map.of()), NOW).createdAt())
        .isEqualTo(timestamp);
    assertThat(TaskMessage.from(wire("default", Instant.MAX, Map.of()), NOW).createdAt())
        .isEqualTo(NOW);
    assertThat(
            TaskMessage.from(wire("default", new Date(Long.MIN_VALUE).toInstant(), Map.of()), NOW)
                .createdAt())
        .isEqualTo(NOW);
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource
  void ignoresAHeaderThatMakesNoSense(String name, @Nullable Object value) {
    var headers = new HashMap<String, Object>();
    headers.put(name, value);

    var task = TaskMessage.from(wire("default", null, headers), NOW);

    assertThat(task).isEqualTo(TaskMessage.of("id-1", "message", "default", NOW, PAYLOAD));
  }

  static Stream<Arguments> ignoresAHeaderThatMakesNoSense() {
    return Stream.of(
        Arguments.of("queue", "dead"),
        Arguments.of("queue", "No Queue"),
        Arguments.of("caller", "a.b"),
        Arguments.of("caller", "#"),
        Arguments.of("caller", ""),
        Arguments.of("caller", "c".repeat(65)),
        Arguments.of("created-at", "yesterday"),
        Arguments.of("created-at", 5),
        Arguments.of("created-at", "+1000000000-12-31T23:59:59Z"),
        Arguments.of("created-at", "-0001-01-01T00:00:00Z"),
        Arguments.of("created-at", null),
        Arguments.of("round", "often"),
        Arguments.of("round", 0),
        Arguments.of("attempt", -1),
        Arguments.of("attempt", Double.NaN),
        Arguments.of("dispatch", List.of(5)),
        Arguments.of("dispatch", "Infinity"),
        Arguments.of("not-before", "soon"),
        Arguments.of("expires-at", true),
        Arguments.of("delay-ms", -1),
        Arguments.of("delay-ms", "PT1S"),
        Arguments.of("timeout-ms", "long"),
        Arguments.of("retry-max-attempts", Map.of()),
        Arguments.of("retry-min-backoff-ms", -1L),
        Arguments.of("retry-multiplier", "twice"),
        Arguments.of("labels", "none"),
        Arguments.of("labels", List.of("none")),
        Arguments.of("traceparent", "00-0-0-01"),
        Arguments.of("traceparent", 5),
        Arguments.of("unknown", "x"),
        Arguments.of("x-death", List.of()));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource
  void bringsNumbersIntoTheirBounds(String name, Object value, String expected) {
    var task = TaskMessage.from(wire("default", null, Map.of(name, value)), NOW);

    assertThat(task.toString()).contains(expected);
    assertThat(TaskMessage.from(task.toQueue(), NOW)).isEqualTo(task);
  }

  static Stream<Arguments> bringsNumbersIntoTheirBounds() {
    return Stream.of(
        Arguments.of("attempt", "3", "attempt=3"),
        Arguments.of("attempt", 3.9, "attempt=3"),
        Arguments.of("round", Long.MAX_VALUE, "round=32767"),
        Arguments.of("delay-ms", Long.MAX_VALUE, "delay=PT876000H"),
        Arguments.of("delay-ms", 1e300, "delay=PT876000H"),
        Arguments.of("timeout-ms", (short) 5, "timeout=PT0.005S"),
        Arguments.of("retry-max-attempts", 0, "maxAttempts=1,"),
        Arguments.of("retry-max-attempts", 5000, "maxAttempts=1000,"),
        Arguments.of("retry-multiplier", 0.5, "multiplier=1.0,"),
        Arguments.of("retry-multiplier", 99, "multiplier=10.0,"),
        Arguments.of("retry-jitter", -1, "jitter=0.0]"),
        Arguments.of("retry-jitter", "7", "jitter=1.0]"));
  }

  @Test
  void completesAPolicyOfWhichOnlyAPartIsThere() {
    var task = TaskMessage.from(wire("default", null, Map.of("retry-max-attempts", 2)), NOW);

    assertThat(task.options().retry())
        .isEqualTo(new RetryPolicy(2, Duration.ofSeconds(1), Duration.ofMinutes(5), 2, 1));
  }

  @Test
  void takesLabelsForText() {
    var task = TaskMessage.from(wire("default", null, Map.of("labels", Map.of("a", 5))), NOW);

    assertThat(task.options().labels()).isEqualTo(Map.of("a", "5"));
  }

  @Test
  void hasAnIdAndAType() {
    var nameless = new WireMessage("", "", null, "x", null, null, null, null, Map.of(), PAYLOAD);
    var typeless = new WireMessage("", "", "x", null, null, null, null, null, Map.of(), PAYLOAD);

    assertThatNullPointerException().isThrownBy(() -> TaskMessage.from(nameless, NOW));
    assertThatNullPointerException().isThrownBy(() -> TaskMessage.from(typeless, NOW));
  }

  static WireMessage wire(
      String routingKey, @Nullable Instant timestamp, Map<String, Object> headers) {
    return new WireMessage(
        "tasks", routingKey, "id-1", "message", timestamp, null, null, null, headers, PAYLOAD);
  }
}
