package dev.warren.sender.submission;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import dev.warren.contract.Execution;
import dev.warren.contract.MessagePayload;
import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTypes;
import dev.warren.sender.problems.RequestRefused;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** Makes a task of a request. */
public final class Submissions {

  /** Of one task, in bytes: the largest payload, and as much as a small request besides. */
  public static final int MAX_BODY = TaskRequestReader.MAX_PAYLOAD + 64 * 1024;

  private final NoArgGenerator ids = Generators.timeBasedEpochGenerator();
  private final TaskRequestReader reader;
  private final Clock clock;

  Submissions(TaskRequestReader reader, Clock clock) {
    this.reader = reader;
    this.clock = clock;
  }

  public String newId() {
    return ids.generate().toString();
  }

  /** By the clock of this API, in milliseconds, as everybody keeps it. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * @param body of {@code POST /v1/tasks}
   * @param id which the task gets unless the body gives it one
   * @param answer made of the task
   * @throws RequestRefused saying what to change
   */
  public <A> Draft<A> draft(
      byte[] body,
      ReplyAddress reply,
      Origin origin,
      String id,
      Instant at,
      Function<TaskMessage, A> answer) {
    return draft(reader.read(body, at), reply, origin, id, at, answer);
  }

  /**
   * The same of a call.
   *
   * @throws RequestRefused saying what to change
   */
  public <A> Draft<A> draft(
      CallRequest call,
      ReplyAddress reply,
      Origin origin,
      String id,
      Instant at,
      Function<TaskMessage, A> answer) {
    return draft(reader.read(call, at), reply, origin, id, at, answer);
  }

  /**
   * The same of a body that is no JSON itself.
   *
   * @param fields the JSON of each of its fields, that of the payload one value
   * @throws RequestRefused saying what to change
   */
  public Draft<String> draft(Map<String, String> fields, Origin origin) {
    var at = now();
    var request = reader.read(new HashMap<>(fields), at);
    return draft(request, ReplyAddress.NOBODY, origin, newId(), at, TaskMessage::id);
  }

  private static <A> Draft<A> draft(
      TaskRequest request,
      ReplyAddress reply,
      Origin origin,
      String id,
      Instant at,
      Function<TaskMessage, A> answer) {
    var ownId = request.taskId();
    var task =
        new TaskMessage(
            ownId == null ? id : ownId,
            request.type(),
            request.queue(),
            at,
            Execution.FIRST,
            request.options(),
            reply,
            request.payload(),
            origin);
    return new Draft<>(task, ownId != null, answer.apply(task));
  }

  TaskMessage taskOf(SendRequest request) {
    return taskOf(request, newId(), clock.instant());
  }

  Draft<String> draft(SendRequest request, Origin origin, String id, Instant at) {
    return new Draft<>(taskOf(request, id, at).with(origin), false, id);
  }

  private static TaskMessage taskOf(SendRequest request, String id, Instant at) {
    return TaskMessage.of(
        id,
        TaskTypes.MESSAGE.name(),
        TaskTypes.MESSAGE.queue(),
        at,
        JsonMapper.shared().writeValueAsBytes(new MessagePayload(request.message())));
  }

  SendReceipt receiptFor(TaskMessage task) {
    return new SendReceipt(task.id(), task.queue(), clock.instant());
  }
}
