package dev.warren.sender.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** What is refused, as gRPC says it: a code, and details of {@code google.rpc}. */
public final class CallRefusals {

  private static final String DOMAIN = "warren";

  /** Bytes. A client takes 8 KB of metadata by default, and the message is in there twice. */
  private static final int MAX_MESSAGE = 500;

  /** Bytes. */
  private static final int MAX_VIOLATIONS = 2000;

  private CallRefusals() {}

  public static StatusRuntimeException of(Problem problem) {
    return StatusProto.toStatusRuntimeException(statusOf(problem));
  }

  /** Of whatever a call has failed with. */
  public static StatusRuntimeException of(Throwable failure) {
    return StatusProto.toStatusRuntimeException(statusOf(failure));
  }

  /**
   * Of a task.
   *
   * @param reason a word that clients may compare
   */
  public static StatusRuntimeException of(Code code, String reason, String message, String taskId) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(cut(message))
            .addDetails(Any.pack(info(reason, taskId)))
            .build());
  }

  public static Status statusOf(Throwable failure) {
    return statusOf(RequestRefused.problemOf(failure));
  }

  private static Status statusOf(Problem problem) {
    var code = codeOf(problem.type());
    var status = Status.newBuilder().setCode(code.getNumber()).setMessage(cut(problem.detail()));
    if (!problem.errors().isEmpty()) {
      status.addDetails(Any.pack(violations(problem)));
    }
    status.addDetails(Any.pack(info(problem.type().code(), problem.taskId())));
    var seconds = problem.headers().get(HttpHeaders.RETRY_AFTER);
    if (seconds != null && (code == Code.UNAVAILABLE || code == Code.RESOURCE_EXHAUSTED)) {
      var delay = Durations.fromSeconds(Long.parseLong(seconds));
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
    }
    return status.build();
  }

  private static Code codeOf(ProblemType type) {
    return switch (type) {
      case KEY_NEEDED, KEY_UNKNOWN -> Code.UNAUTHENTICATED;
      case SCOPE_TOO_SMALL -> Code.PERMISSION_DENIED;
      case TASK_ID_TAKEN -> Code.ALREADY_EXISTS;
      case IN_FLIGHT -> Code.ABORTED;
      case OVERLOADED, TOO_MANY_LISTENERS -> Code.RESOURCE_EXHAUSTED;
      case UNCONFIRMED -> Code.UNKNOWN; // the task may be there: nobody should send it again
      default ->
          switch (type.status()) {
            case 400, 413, 415 -> Code.INVALID_ARGUMENT;
            case 404 -> Code.NOT_FOUND;
            case 409, 410, 422 -> Code.FAILED_PRECONDITION;
            case 503 -> Code.UNAVAILABLE;
            default -> Code.INTERNAL;
          };
    };
  }

  private static BadRequest violations(Problem problem) {
    var all = BadRequest.newBuilder();
    var length = 0;
    for (var error : problem.errors()) {
      var violation =
          FieldViolation.newBuilder()
              .setField(cut(error.field()))
              .setDescription(cut(error.detail()))
              .build();
      length += violation.getSerializedSize();
      if (length <= MAX_VIOLATIONS) {
        all.addFieldViolations(violation);
      }
    }
    return all.build();
  }

  private static ErrorInfo info(String reason, @Nullable String taskId) {
    return ErrorInfo.newBuilder()
        .setReason(cut(reason))
        .setDomain(DOMAIN)
        .putAllMetadata(taskId == null ? Map.of() : Map.of("task-id", taskId))
        .build();
  }

  private static String cut(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= MAX_MESSAGE
        ? text
        : new String(bytes, 0, MAX_MESSAGE, StandardCharsets.UTF_8).replace("\uFFFD", "") + "...";
  }
}
