package dev.warren.sender.submission;

import static java.util.Objects.requireNonNull;

import dev.warren.contract.InvalidPayload;
import dev.warren.contract.PayloadReader;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.Faults;
import dev.warren.sender.requests.Fields;
import dev.warren.sender.requests.JsonBody;
import dev.warren.sender.requests.Nearest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a {@link TaskRequest}: strictly, and with all that is wrong with it told at once. */
final class TaskRequestReader {

  static final int MAX_PAYLOAD = 1024 * 1024;

  private static final String EXAMPLE =
      "{\"type\": \"message\", \"payload\": {\"message\": \"Hello RabbitMQ!...\"}}";

  private static final String EXAMPLE_OF_PAYLOAD = "{\"message\": \"Hello RabbitMQ!...\"}";

  private static final String NAME_OF_A_TYPE =
      "must be 1 to 100 letters, digits, dots, hyphens and underscores, a letter or digit first";

  private static final Set<String> FIELDS =
      Set.of(
          "taskId",
          "type",
          "payload",
          "queue",
          "priority",
          "notBefore",
          "delaySeconds",
          "expiresAt",
          "timeoutSeconds",
          "retry",
          "labels");

  /** Of a segment of a path, as it stands. */
  private static final Pattern TASK_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");

  private final PayloadReader payloads;
  private final Set<String> queues;

  /**
   * @param queues keys of those that are declared
   */
  TaskRequestReader(PayloadReader payloads, Set<String> queues) {
    this.payloads = payloads;
    this.queues = queues;
  }

  /**
   * @throws RequestRefused saying what to change
   */
  TaskRequest read(byte[] body, Instant now) {
    return read(JsonBody.fieldsOf(body, EXAMPLE), now);
  }

  /**
   * @param raw the JSON of each field; used up
   * @throws RequestRefused saying what to change
   */
  TaskRequest read(Map<String, String> raw, Instant now) {
    var faults = new Faults();
    var payloadJson = raw.remove("payload"); // may be large, and is no field to be read here
    var fields = Fields.of(raw, FIELDS, faults);
    var taskId = taskIdIn(fields);
    var type = typeIn(fields);
    var known = type == null ? null : TaskTypes.named(type).orElse(null);
    var queue = fields.text("queue");
    var options = TaskOptionsReader.read(fields, known, now);
    var payload = payloadIn(payloadJson, fields, known, faults);
    faults.refuseIfAny();
    return new TaskRequest(
        taskId,
        requireNonNull(type),
        queueOf(requireNonNull(type), known, queue),
        options,
        payload);
  }

  /**
   * Reads a call; a field of its payload is named as it stands there.
   *
   * @throws RequestRefused saying what to change
   */
  TaskRequest read(CallRequest call, Instant now) {
    var faults = new Faults();
    var type = call.type();
    if (!TaskType.isName(type)) {
      faults.add("type", NAME_OF_A_TYPE);
      faults.refuseIfAny();
    }
    var known = TaskTypes.named(type).orElse(null);
    var queue = queueOf(type, known, call.queue());
    requireSize(call.payload());
    JsonBody.requireValue(call.payload(), EXAMPLE_OF_PAYLOAD);
    if (known != null) {
      check(call.payload(), known, "", faults);
    }
    var expiresAt = call.expiresAt();
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      faults.add("expiresAt", TaskOptionsReader.inTheFuture(now));
    }
    faults.refuseIfAny();
    return new TaskRequest(
        null, type, queue, TaskOptions.NONE.expiringAt(expiresAt), call.payload());
  }

  private static @Nullable String taskIdIn(Fields fields) {
    var id = fields.text("taskId");
    if (id != null && !TASK_ID.matcher(id).matches()) {
      fields.fault(
          "taskId",
          "must be 1 to 100 letters, digits, dots, colons, hyphens and underscores, a letter or"
              + " digit first");
    }
    return id;
  }

  private static @Nullable String typeIn(Fields fields) {
    var type = fields.text("type");
    if (!fields.has("type")) {
      fields.fault("type", "is missing; send " + EXAMPLE);
    } else if (type != null && !TaskType.isName(type)) {
      fields.fault("type", NAME_OF_A_TYPE);
      return null;
    }
    return type;
  }

  private byte[] payloadIn(
      @Nullable String json, Fields fields, @Nullable TaskType<?, ?> known, Faults faults) {
    if (json == null) {
      fields.fault("payload", "is missing; send " + EXAMPLE);
      return new byte[0];
    }
    var payload = json.getBytes(StandardCharsets.UTF_8);
    requireSize(payload);
    if (known != null) {
      check(payload, known, "payload", faults);
    }
    return payload;
  }

  private static void requireSize(byte[] payload) {
    if (payload.length > MAX_PAYLOAD) {
      throw new RequestRefused(
          Problem.of(
              ProblemType.CONTENT_TOO_LARGE,
              "Send a payload of at most " + MAX_PAYLOAD + " bytes."));
    }
  }

  /**
   * @param at path of the payload; empty where it is all there is
   */
  private void check(byte[] payload, TaskType<?, ?> type, String at, Faults faults) {
    try {
      payloads.read(payload, type.payload());
    } catch (InvalidPayload e) {
      for (var violation : e.violations()) {
        faults.add(pathOf(at, violation.path()), violation.detail());
      }
    }
  }

  private static String pathOf(String payload, String field) {
    if (field.isEmpty()) {
      return "payload";
    }
    return payload.isEmpty() || field.startsWith("[") ? payload + field : payload + "." + field;
  }

  private String queueOf(String type, @Nullable TaskType<?, ?> known, @Nullable String queue) {
    if (queue == null && known == null) {
      throw unknownType(type);
    }
    var key = queue == null ? requireNonNull(known).queue() : queue;
    if (!queues.contains(key)) {
      throw new RequestRefused(
          Problem.of(
              ProblemType.UNKNOWN_QUEUE,
              "There is no queue %s; the nearest: %s. WARREN_QUEUES adds queues."
                  .formatted(cut(key), Nearest.to(cut(key), queues))));
    }
    return key;
  }

  private RequestRefused unknownType(String type) {
    var types = TaskTypes.ALL.stream().map(TaskType::name).toList();
    return new RequestRefused(
        Problem.of(
            ProblemType.UNKNOWN_TYPE,
            "There is no type %s; the nearest: %s. Name a queue to send it to a worker of yours."
                .formatted(type, Nearest.to(type, types))));
  }

  private static String cut(String name) {
    return name.length() <= 100 ? name : name.substring(0, 100) + "...";
  }
}
