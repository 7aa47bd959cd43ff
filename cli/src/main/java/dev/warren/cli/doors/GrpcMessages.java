package dev.warren.cli.doors;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.rpc.ErrorInfo;
import dev.warren.cli.doors.Refused.Kind;
import dev.warren.cli.output.Json;
import dev.warren.grpc.v1.Failure;
import dev.warren.grpc.v1.InfoReply;
import dev.warren.grpc.v1.LogarithmRequest;
import dev.warren.grpc.v1.MeanRequest;
import dev.warren.grpc.v1.Operands;
import dev.warren.grpc.v1.PowerRequest;
import dev.warren.grpc.v1.SearchReply;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.Task;
import dev.warren.grpc.v1.TaskEvent;
import dev.warren.grpc.v1.TaskState;
import dev.warren.grpc.v1.Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of gRPC from JSON, and as the JSON that HTTP has in their place. */
final class GrpcMessages {

  private static final String TASK_ID_OF_ERROR = "task-id";

  private GrpcMessages() {}

  static Operands operands(JsonNode payload) {
    return Operands.newBuilder()
        .setA(Json.text(payload, "a"))
        .setB(Json.text(payload, "b"))
        .build();
  }

  static PowerRequest power(JsonNode payload) {
    return PowerRequest.newBuilder()
        .setBase(Json.text(payload, "base"))
        .setExponent(Json.text(payload, "exponent"))
        .build();
  }

  static LogarithmRequest logarithm(JsonNode payload) {
    var request = LogarithmRequest.newBuilder().setValue(Json.text(payload, "value"));
    if (payload.hasNonNull("base")) {
      request.setBase(Json.text(payload, "base"));
    }
    return request.build();
  }

  static MeanRequest mean(JsonNode payload) {
    var request = MeanRequest.newBuilder();
    payload.path("numbers").forEach(number -> request.addNumbers(number.asString("")));
    return request.build();
  }

  static SubmitRequest submission(JsonNode task) {
    var request =
        SubmitRequest.newBuilder()
            .setType(Json.text(task, "type"))
            .setPayload(ByteString.copyFromUtf8(Json.write(task.path("payload"))));
    if (task.has("taskId")) {
      request.setTaskId(Json.text(task, "taskId"));
    }
    if (task.has("queue")) {
      request.setQueue(Json.text(task, "queue"));
    }
    if (task.has("priority")) {
      request.setPriority(task.path("priority").asInt());
    }
    if (task.has("delaySeconds")) {
      request.setDelay(duration(Duration.ofSeconds(task.path("delaySeconds").asLong())));
    }
    task.path("labels")
        .properties()
        .forEach(label -> request.putLabels(label.getKey(), label.getValue().asString("")));
    return request.build();
  }

  static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.toSeconds())
        .setNanos(duration.toNanosPart())
        .build();
  }

  static JsonNode json(Value value) {
    return Json.object().put("value", new BigDecimal(value.getValue()));
  }

  static JsonNode json(SearchReply reply) {
    var result = Json.object();
    var matches = result.putArray("matches");
    for (var person : reply.getMatchesList()) {
      matches
          .addObject()
          .put("name", person.getName())
          .put("age", person.getAge())
          .put("city", person.getCity());
    }
    return result;
  }

  static JsonNode json(InfoReply info) {
    return Json.object()
        .put("worker", info.getWorker())
        .put("os", info.getOs())
        .put("osVersion", info.getOsVersion())
        .put("architecture", info.getArchitecture())
        .put("jdk", info.getJdk())
        .put("cores", info.getCores())
        .put("memoryBytes", info.getMemoryBytes())
        .put("freeMemoryBytes", info.getFreeMemoryBytes())
        .put("maxHeapBytes", info.getMaxHeapBytes())
        .put(
            "uptime",
            Duration.ofSeconds(info.getUptime().getSeconds(), info.getUptime().getNanos())
                .toString());
  }

  static JsonNode json(Task task) {
    var json =
        Json.object()
            .put("id", task.getId())
            .put("type", task.getType())
            .put("queue", task.getQueue())
            .put("state", state(task.getState()));
    if (task.hasPriority()) {
      json.put("priority", task.getPriority());
    }
    var labels = json.putObject("labels");
    task.getLabelsMap().forEach(labels::put);
    put(json, "createdAt", task.hasCreatedAt(), task.getCreatedAt());
    if (task.hasCreatedBy()) {
      json.put("createdBy", task.getCreatedBy());
    }
    if (task.hasTraceId()) {
      json.put("traceId", task.getTraceId());
    }
    put(json, "notBefore", task.hasNotBefore(), task.getNotBefore());
    put(json, "expiresAt", task.hasExpiresAt(), task.getExpiresAt());
    put(json, "startedAt", task.hasStartedAt(), task.getStartedAt());
    put(json, "endedAt", task.hasEndedAt(), task.getEndedAt());
    put(json, "nextAttemptAt", task.hasNextAttemptAt(), task.getNextAttemptAt());
    put(json, "cancelRequestedAt", task.hasCancelRequestedAt(), task.getCancelRequestedAt());
    json.put("round", task.getRound()).put("attempt", task.getAttempt());
    if (task.hasError()) {
      json.set("error", json(task.getError()));
    }
    if (task.hasPayload()) {
      json.set("payload", content(task.getPayload()));
    }
    if (task.hasResult()) {
      json.set("result", content(task.getResult()));
    }
    if (task.getErased()) {
      json.put("erased", true);
    }
    return json;
  }

  static JsonNode json(TaskEvent event) {
    var json =
        Json.object()
            .put("id", event.getId())
            .put("taskId", event.getTaskId())
            .put("type", event.getType())
            .put("queue", event.getQueue())
            .put("kind", event.getKind())
            .put("state", state(event.getState()))
            .put("round", event.getRound())
            .put("attempt", event.getAttempt());
    if (event.hasWorker()) {
      json.put("worker", event.getWorker());
    }
    put(json, "time", event.hasTime(), event.getTime());
    put(json, "nextAttemptAt", event.hasNextAttemptAt(), event.getNextAttemptAt());
    if (event.hasError()) {
      json.set("error", json(event.getError()));
    }
    if (event.hasProgress()) {
      var progress = json.putObject("progress").put("percent", event.getProgress().getPercent());
      if (event.getProgress().hasNote()) {
        progress.put("note", event.getProgress().getNote());
      }
    }
    return json;
  }

  /**
   * @param taskId of the task that there may be, where the failure itself does not say
   */
  static Refused refused(StatusRuntimeException failure, @Nullable String taskId) {
    var status = failure.getStatus();
    var kind =
        switch (status.getCode()) {
          case FAILED_PRECONDITION, ABORTED -> Kind.FAILED;
          case INVALID_ARGUMENT,
              NOT_FOUND,
              ALREADY_EXISTS,
              OUT_OF_RANGE,
              PERMISSION_DENIED,
              UNAUTHENTICATED,
              UNIMPLEMENTED ->
              Kind.WRONG;
          default -> Kind.UNAVAILABLE;
        };
    var detail = status.getDescription() == null ? "it says no more" : status.getDescription();
    if (status.getCode() == Status.Code.UNAUTHENTICATED
        || status.getCode() == Status.Code.PERMISSION_DENIED) {
      detail += Problems.KEY_HINT;
    }
    var info = infoIn(failure);
    return info == null
        ? new Refused(kind, word(status.getCode()), detail, taskId)
        : new Refused(kind, info.getReason(), detail, info.getMetadataMap().get(TASK_ID_OF_ERROR));
  }

  private static String word(Status.Code code) {
    return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What the API says of its failure; null where it was not the API that failed. */
  static @Nullable ErrorInfo infoIn(StatusRuntimeException failure) {
    var status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return null;
    }
    for (var detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class);
        }
      } catch (InvalidProtocolBufferException e) {
        return null;
      }
    }
    return null;
  }

  private static JsonNode json(Failure failure) {
    return Json.object().put("class", failure.getCode()).put("message", failure.getMessage());
  }

  private static JsonNode content(ByteString content) {
    var text = content.toString(StandardCharsets.UTF_8);
    try {
      return Json.read(text);
    } catch (JacksonException e) {
      return Json.string(text);
    }
  }

  private static String state(TaskState state) {
    return state.name().replaceFirst("^TASK_STATE_", "");
  }

  private static void put(ObjectNode json, String name, boolean isThere, Timestamp time) {
    if (isThere) {
      json.put(name, Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString());
    }
  }
}
