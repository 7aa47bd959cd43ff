package dev.warren.sender.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallRefusalsTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_REQUEST, INVALID_ARGUMENT",
    "MALFORMED_JSON, INVALID_ARGUMENT",
    "CONTENT_TOO_LARGE, INVALID_ARGUMENT",
    "KEY_NEEDED, UNAUTHENTICATED",
    "KEY_UNKNOWN, UNAUTHENTICATED",
    "SCOPE_TOO_SMALL, PERMISSION_DENIED",
    "NOT_FOUND, NOT_FOUND",
    "UNKNOWN_TYPE, NOT_FOUND",
    "UNKNOWN_QUEUE, NOT_FOUND",
    "TASK_ID_TAKEN, ALREADY_EXISTS",
    "IN_FLIGHT, ABORTED",
    "ERASED, FAILED_PRECONDITION",
    "BROKER_UNAVAILABLE, UNAVAILABLE",
    "BROKER_BLOCKED, UNAVAILABLE",
    "UNROUTABLE, UNAVAILABLE",
    "LEDGER_BEHIND, UNAVAILABLE",
    "KEYS_UNAVAILABLE, UNAVAILABLE",
    "OVERLOADED, RESOURCE_EXHAUSTED",
    "TOO_MANY_LISTENERS, RESOURCE_EXHAUSTED",
    "UNCONFIRMED, UNKNOWN",
    "INTERNAL_ERROR, INTERNAL"
  })
  void eachProblemHasItsCode(ProblemType type, Code code) throws Exception {
    var refusal = CallRefusals.of(Problem.of(type, "because"));
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    assertThat(refusal.getStatus().getDescription()).isEqualTo("because");
    var status = CallRefusals.statusOf(new RequestRefused(Problem.of(type, "because")));
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo(type.code());
  }

  @Test
  void saysWhenToTryAgain_andWhichTaskItIsAbout() throws Exception {
    var away = Problem.of(ProblemType.BROKER_UNAVAILABLE, "away").withHeader("Retry-After", "5");
    var details = CallRefusals.statusOf(failed(away)).getDetailsList();
    assertThat(details.get(1).unpack(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(5);
    var unknown = Problem.of(ProblemType.UNCONFIRMED, "perhaps").withTask("t1");
    var info = CallRefusals.statusOf(failed(unknown)).getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getMetadataMap()).containsEntry("task-id", "t1");
  }

  @Test
  void whateverElseFails_saysNoMoreThanThat() {
    var status = CallRefusals.statusOf(new IllegalStateException("secret"));
    assertThat(status.getCode()).isEqualTo(Code.INTERNAL.value());
    assertThat(status.toString()).doesNotContain("secret");
  }

  /** In the trailers a client takes 8 KB by default, where they are written as Base64. */
  @Test
  void manyFaultsFitIntoTheTrailers() throws Exception {
    var errors =
        IntStream.range(0, 20)
            .mapToObj(i -> new FieldError("labels." + "a".repeat(200), "b".repeat(2000)))
            .toList();
    var status = CallRefusals.statusOf(failed(Problem.ofFields(errors)));
    assertThat(status.getSerializedSize()).isLessThan(4500);
    var one = CallRefusals.statusOf(failed(Problem.ofFields(List.of(new FieldError("a", "is b")))));
    assertThat(one.getDetails(0).unpack(BadRequest.class).getFieldViolations(0).getDescription())
        .isEqualTo("is b");
    assertThat(status.getDetails(0).unpack(BadRequest.class).getFieldViolationsCount())
        .isPositive();
  }

  /** Nor where each character has three bytes, nine as the status message is written. */
  @Test
  void faultsInAnyLanguageFitIntoTheTrailers() throws Exception {
    var text = "\u6f22".repeat(1000);
    var errors = Collections.nCopies(20, new FieldError("labels." + text, text));
    var refusal = CallRefusals.of(Problem.ofFields(errors));
    var details = StatusProto.fromThrowable(refusal);
    var written =
        URLEncoder.encode(refusal.getStatus().getDescription(), StandardCharsets.UTF_8).length()
            + details.getSerializedSize() * 4 / 3;
    assertThat(written).isLessThan(8000);
    var violations = details.getDetails(0).unpack(BadRequest.class);
    assertThat(violations.getFieldViolationsCount()).isPositive();
    assertThat(violations.getFieldViolations(0).getDescription()).matches("\u6f22+\\.\\.\\.");
  }

  private static CompletionException failed(Problem problem) {
    return new CompletionException(new RequestRefused(problem));
  }
}
