package dev.warren.sender.calls;

import dev.warren.contract.Origin;
import dev.warren.sender.access.Caller;
import dev.warren.sender.calls.CallEnd.Accepted;
import dev.warren.sender.calls.CallEnd.Failed;
import dev.warren.sender.calls.CallEnd.Refused;
import dev.warren.sender.calls.CallEnd.Succeeded;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.idempotency.IdempotencyKey;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.replies.WaitPreference;
import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.requests.Parameters;
import dev.warren.sender.submission.CallRequest;
import dev.warren.sender.tracing.RequestTraces;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.ResponseEntity.BodyBuilder;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /v1/calls/{type}}: the payload is the body, and the result the answer's; {@code 202}
 * with the task where nobody answered in time.
 */
@RestController
final class CallsEndpoint {

  /** The id of the task that the call is. */
  static final String TASK_ID = "Warren-Task-Id";

  static final String FILTER_PATH = "/v1/calls/*";

  private static final Duration USUAL_WAIT = Duration.ofSeconds(10);

  private final Calls calls;
  private final RequestTraces traces;

  CallsEndpoint(Calls calls, RequestTraces traces) {
    this.calls = calls;
    this.traces = traces;
  }

  @PostMapping("/v1/calls/{type}")
  CompletableFuture<ResponseEntity<Object>> call(
      @PathVariable String type, HttpServletRequest request) {
    var preferred = WaitPreference.in(request.getHeaders("Prefer"));
    return endOf(requestIn(type, request), preferred.orElse(USUAL_WAIT), request)
        .thenApply(end -> answer(end, applied(preferred)));
  }

  /** What is said of the preference, where there was one. */
  private static HttpHeaders applied(Optional<Duration> preferred) {
    var headers = new HttpHeaders();
    preferred.ifPresent(wait -> headers.add("Preference-Applied", "wait=" + wait.toSeconds()));
    return headers;
  }

  private static CallRequest requestIn(String type, HttpServletRequest request) {
    var parameters = Parameters.of(request, Set.of("queue", "expiresAt"));
    var call =
        new CallRequest(
            type,
            parameters.text("queue"),
            parameters.time("expiresAt"),
            BodyFilter.bodyOf(request));
    parameters.refuseFaults();
    return call;
  }

  private CompletableFuture<CallEnd> endOf(
      CallRequest call, Duration wait, HttpServletRequest request) {
    var origin = new Origin(Caller.nameOf(request), traces.of(request));
    var key = IdempotencyKey.in(request, Caller.ownerOf(request));
    return key == null
        ? calls.begin(call, wait, origin).end()
        : calls.once(key.with(call.payload()), call, wait, origin);
  }

  private static ResponseEntity<Object> answer(CallEnd end, HttpHeaders applied) {
    if (end instanceof Succeeded done) {
      return about(ResponseEntity.ok().headers(applied), done.taskId())
          .contentType(
              done.isJson() ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_OCTET_STREAM)
          .body(done.result());
    }
    if (end instanceof Accepted accepted) {
      return about(ResponseEntity.accepted(), accepted.task().id()).body(accepted.task());
    }
    throw new RequestRefused(
        end instanceof Failed failed ? problemOf(failed) : ((Refused) end).problem());
  }

  private static BodyBuilder about(BodyBuilder answer, String taskId) {
    return answer.header(HttpHeaders.LOCATION, TaskView.PATH + taskId).header(TASK_ID, taskId);
  }

  private static Problem problemOf(Failed failed) {
    return failed.problem().withHeader(HttpHeaders.LOCATION, TaskView.PATH + failed.taskId());
  }
}
