package dev.warren.sender.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.contract.Execution;
import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TraceParent;
import dev.warren.contract.WireMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What the ledger hears of one task. */
final class Messages {

  static final Execution FIRST = Execution.FIRST;
  static final Execution SECOND = FIRST.nextAttempt();
  static final RetryPolicy TWICE =
      new RetryPolicy(2, Duration.ofSeconds(7), Duration.ofSeconds(7), 1, 0);
  static final TaskFailure FAILURE = new TaskFailure("Boom", "no luck 17", false, false, null);
  static final TaskFailure PERMANENT = new TaskFailure("Bad", "never", true, false, null);

  private static final Instant STARTED = Instant.parse("2026-01-02T03:04:05.678Z");

  final TaskMessage task;

  Messages(TaskMessage task) {
    this.task = task;
  }

  /** Of a task that may be tried twice. */
  static Messages ofNewTask() {
    return with(
        new TaskOptions(3, null, null, null, Duration.ofSeconds(9), TWICE, Map.of("a", "b")));
  }

  static Messages with(TaskOptions options) {
    return new Messages(
        new TaskMessage(
            UUID.randomUUID().toString(),
            "message",
            "default",
            STARTED.minusSeconds(9),
            FIRST,
            options,
            new ReplyAddress("replica-1", "reply.x", "42"),
            "{\"message\":\"a\"}".getBytes(UTF_8),
            new Origin("shop", new TraceParent("a".repeat(32), "b".repeat(16), "01"))));
  }

  /** The same task, of which nobody says whom to answer. */
  Messages ofNobody() {
    return new Messages(
        new TaskMessage(
            task.id(),
            task.type(),
            task.queue(),
            task.createdAt(),
            task.execution(),
            task.options(),
            ReplyAddress.NOBODY,
            task.payload(),
            task.origin()));
  }

  /** Another task, which is said to have the same id. */
  Messages withPayload(String payload) {
    return new Messages(
        new TaskMessage(
            task.id(),
            task.type(),
            task.queue(),
            task.createdAt(),
            task.execution(),
            task.options(),
            task.reply(),
            payload.getBytes(UTF_8),
            task.origin()));
  }

  String id() {
    return task.id();
  }

  WireMessage copy(Execution execution) {
    return task.at(execution).toQueue();
  }

  WireMessage scheduled() {
    return task.toSchedule();
  }

  WireMessage running(Execution execution, int delivery) {
    return event(Kind.RUNNING, execution, delivery, null, null, "");
  }

  WireMessage progress(Execution execution, int delivery, int percent) {
    return progress(execution, delivery, percent, "at " + percent);
  }

  WireMessage progress(Execution execution, int delivery, int percent, String note) {
    var progress = new TaskEvent.Progress(percent, note);
    return event(Kind.PROGRESS, execution, delivery, null, progress, "");
  }

  WireMessage succeeded(Execution execution) {
    return event(Kind.SUCCEEDED, execution, 1, null, null, "{\"by\":" + execution.attempt() + "}");
  }

  WireMessage failed(Execution execution, TaskFailure failure) {
    return event(Kind.FAILED, execution, 1, failure, null, "{\"message\":\"a\"}");
  }

  WireMessage of(Kind kind, Execution execution) {
    return event(kind, execution, 1, null, null, "");
  }

  WireMessage buried(Map<String, Object> headers) {
    var sent = copy(FIRST);
    var all = new LinkedHashMap<>(sent.headers());
    all.putAll(headers);
    return with(sent, "dead", sent.messageId(), sent.type(), all);
  }

  static WireMessage with(
      WireMessage other, String routingKey, String id, String type, Map<String, Object> headers) {
    return new WireMessage(
        other.exchange(),
        routingKey,
        id,
        type,
        other.timestamp(),
        other.priority(),
        other.replyTo(),
        other.correlationId(),
        headers,
        other.body());
  }

  private WireMessage event(
      Kind kind,
      Execution execution,
      int delivery,
      TaskFailure failure,
      TaskEvent.Progress progress,
      String body) {
    var ended = kind == Kind.RUNNING || kind == Kind.PROGRESS ? null : STARTED.plusMillis(5);
    return new TaskEvent(
            kind,
            task.at(execution),
            delivery,
            "w1",
            STARTED,
            ended,
            failure,
            progress,
            body.getBytes(UTF_8))
        .toWire();
  }
}
