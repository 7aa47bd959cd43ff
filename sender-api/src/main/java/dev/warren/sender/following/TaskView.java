package dev.warren.sender.following;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.warren.contract.Origin;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.util.RawValue;

/**
 * A task in every answer. What is null is left out.
 *
 * @param createdBy name of the API key that it was sent with
 * @param traceId of the trace that it is a part of; left out of the answer to whoever sends it
 * @param nextAttemptAt when it is sent to its queue, of a SCHEDULED or RETRY_WAIT task
 * @param cancelRequestedAt since when its worker is told to end it, which may have come too late
 * @param attempts in their order; left out of lists unless they are asked for in full, as are the
 *     payload and the result
 * @param payloadBase64 in place of the payload, where that is no JSON
 * @param resultBase64 in place of the result, where that is no JSON
 * @param erased true where payload, result and error were erased
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskView(
    String id,
    String type,
    String queue,
    TaskState state,
    @Nullable Integer priority,
    Map<String, String> labels,
    Instant createdAt,
    @Nullable String createdBy,
    @Nullable String traceId,
    @Nullable Instant notBefore,
    @Nullable Instant expiresAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant nextAttemptAt,
    @Nullable Instant cancelRequestedAt,
    int round,
    int attempt,
    long timeoutSeconds,
    RetryPolicy retry,
    @Nullable Progress progress,
    @Nullable List<Attempt> attempts,
    @Nullable String deadReason,
    @Nullable Failure error,
    @Nullable RawValue payload,
    @Nullable String payloadBase64,
    @Nullable RawValue result,
    @Nullable String resultBase64,
    @Nullable Boolean erased,
    Links links) {

  /** Where a task is found. */
  public static final String PATH = "/v1/tasks/";

  /** Why something failed. */
  public record Failure(@JsonProperty("class") String errorClass, String message) {

    /** Of a row with these columns; null where they are. */
    public static @Nullable Failure of(ResultSet row) throws SQLException {
      var errorClass = row.getString("error_class");
      var message = row.getString("error_message");
      return errorClass == null && message == null
          ? null
          : new Failure(
              errorClass == null ? "Failure" : errorClass, message == null ? "" : message);
    }
  }

  /**
   * What can be asked for next.
   *
   * @param replay of a dead task
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Links(String self, @Nullable String replay) {

    static Links of(String id, Standing standing) {
      var self = PATH + UriUtils.encodePathSegment(id, StandardCharsets.UTF_8);
      var canBeReplayed = standing.state() == TaskState.DEAD && !standing.erased();
      return new Links(self, canBeReplayed ? self + "/replay" : null);
    }
  }

  /**
   * A task that the broker has just taken. An Idempotency-Key that is sent again is answered the
   * same, though its request is a part of another trace.
   */
  public static TaskView accepted(TaskMessage task) {
    return of(
        task.with(new Origin(task.createdBy(), null)),
        Standing.accepted(task),
        List.of(),
        Content.of(task.payload()),
        Content.NONE);
  }

  /** A task that was just sent, and whose end this event tells. */
  public static TaskView ended(TaskMessage task, TaskEvent event) {
    var result = event.kind() == TaskEvent.Kind.SUCCEEDED ? event.body() : null;
    return of(
        task.at(event.task().execution()),
        Standing.ended(event),
        Attempts.of(event),
        Content.of(task.payload()),
        Content.of(result));
  }

  /** The result as it came; empty where there is none. */
  public byte[] resultBytes() {
    return result != null
        ? String.valueOf(result.rawValue()).getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(resultBase64 == null ? "" : resultBase64);
  }

  static TaskView of(
      TaskMessage task,
      Standing standing,
      @Nullable List<Attempt> attempts,
      Content payload,
      Content result) {
    var options = task.options();
    var trace = task.trace();
    return new TaskView(
        task.id(),
        task.type(),
        task.queue(),
        standing.state(),
        options.priority(),
        options.labels(),
        task.createdAt().truncatedTo(ChronoUnit.MILLIS),
        task.createdBy(),
        trace == null ? null : trace.traceId(),
        toMillis(options.notBefore()),
        options.expiresAt(),
        standing.startedAt(),
        standing.endedAt(),
        toMillis(standing.nextAttemptAt()),
        standing.cancelRequestedAt(),
        task.execution().round(),
        task.execution().attempt(),
        options.effectiveTimeout().toSeconds(),
        retryOf(task),
        standing.progress(),
        attempts,
        standing.deadReason(),
        standing.error(),
        payload.json(),
        payload.base64(),
        result.json(),
        result.base64(),
        standing.erased() ? true : null,
        Links.of(task.id(), standing));
  }

  private static RetryPolicy retryOf(TaskMessage task) {
    var own = task.options().retry();
    return own != null
        ? own
        : TaskTypes.named(task.type()).map(TaskType::retry).orElse(RetryPolicy.DEFAULT);
  }

  private static @Nullable Instant toMillis(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS);
  }
}
