package dev.warren.contract;

import static dev.warren.contract.TaskMessageTest.FULL;
import static dev.warren.contract.TaskMessageTest.NOW;
import static dev.warren.contract.TaskMessageTest.PAYLOAD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskEvent.Progress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskEventTest {

  private static final TaskFailure FAILURE =
      new TaskFailure("Boom", "it went \"boom\"", true, true, Duration.ofMillis(1500));

  @ParameterizedTest
  @EnumSource
  void isReadAsItWasWritten(Kind kind) {
    var failed = kind == Kind.FAILED || kind == Kind.DEAD;
    var event =
        event(
            kind,
            FULL,
            failed ? FAILURE : null,
            kind == Kind.PROGRESS ? new Progress(42, "on") : null);

    var read = TaskEvent.from(event.toWire(), NOW).orElseThrow();

    assertThat(read).usingRecursiveComparison().ignoringFields("task.payload").isEqualTo(event);
    assertThat(read.task().payload()).isEqualTo(failed ? PAYLOAD : new byte[0]);
  }

  @Test
  void isPublishedWithAKeyThatSaysWhatItIs() {
    var wire = event(Kind.SUCCEEDED, FULL, null, null).toWire();

    assertThat(wire.exchange()).isEqualTo("task-events");
    assertThat(wire.routingKey()).isEqualTo("task.succeeded.api-1.message");
  }

  @Test
  void ofAWorkerInAnotherLanguageNeedsNoHeaderAtAll() {
    var event = TaskEvent.from(wire("task.failed.none.message", Map.of()), NOW).orElseThrow();

    assertThat(event.kind()).isEqualTo(Kind.FAILED);
    assertThat(event.delivery()).isEqualTo(1);
    assertThat(event.task().execution()).isEqualTo(Execution.FIRST);
    assertThat(event.requireFailure())
        .isEqualTo(new TaskFailure("Failure", "", false, false, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "task", "task.", "task.exploded.none.message", "tasksucceeded"})
  void isNone_whereTheKeyNamesNoKind(String routingKey) {
    assertThat(TaskEvent.from(wire(routingKey, Map.of()), NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "1000", "much"})
  void keepsProgressWithinItsBounds(String percent) {
    var event =
        TaskEvent.from(
            wire("task.progress.none.message", Map.of("progress-percent", percent)), NOW);

    assertThat(event.orElseThrow().progress().percent()).isBetween(0, 100);
  }

  @Test
  void hasAKeyThatAmqpTakes_whateverTheTypeIsCalled() {
    var type = "\ufffd".repeat(255);
    var task =
        new TaskMessage(
            "id",
            type,
            "default",
            NOW,
            Execution.FIRST,
            TaskOptions.NONE,
            new ReplyAddress("c".repeat(64), null, null),
            PAYLOAD);

    var wire = event(Kind.CANCELLED, task, null, null).toWire();

    assertThat(wire.routingKey().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(255);
    assertThat(wire.type()).isEqualTo(type);
  }

  @Test
  void cutsAFailuresMessage() {
    assertThat(new TaskFailure("X", "x".repeat(5000), false, false, null).message()).hasSize(4000);
  }

  @Test
  void cutsAFailuresClass() {
    assertThat(new TaskFailure("X".repeat(256), "", false, false, null).errorClass()).hasSize(255);
  }

  @Test
  void cutsANote() {
    assertThat(new Progress(1, "x".repeat(1001)).note()).hasSize(1000);
    assertThat(new Progress(1, null).note()).isNull();
  }

  private static TaskEvent event(
      Kind kind, TaskMessage task, @Nullable TaskFailure failure, @Nullable Progress progress) {
    return new TaskEvent(
        kind, task, 3, "worker-1", NOW.minusSeconds(1), NOW, failure, progress, PAYLOAD);
  }

  private static WireMessage wire(String routingKey, Map<String, Object> headers) {
    return new WireMessage(
        "task-events", routingKey, "id-1", "message", null, null, null, null, headers, PAYLOAD);
  }
}
