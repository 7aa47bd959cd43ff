package dev.warren.sender.submission;

import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.access.Caller;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.idempotency.IdempotencyKey;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.replies.WaitPreference;
import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.submission.AwaitedTasks.Sent;
import dev.warren.sender.tracing.RequestTraces;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /v1/tasks}: answers {@code 202} with the task once the broker has it; or, where the
 * client prefers to wait and the task ends in time, {@code 200} with the finished one.
 */
@RestController
final class TaskSubmissionEndpoint {

  static final String PATH = "/v1/tasks";

  private final AwaitedTasks awaited;
  private final Submissions submissions;
  private final SubmissionMetrics metrics;
  private final RequestTraces traces;

  TaskSubmissionEndpoint(
      AwaitedTasks awaited,
      Submissions submissions,
      SubmissionMetrics metrics,
      RequestTraces traces) {
    this.awaited = awaited;
    this.submissions = submissions;
    this.metrics = metrics;
    this.traces = traces;
  }

  @PostMapping(PATH)
  CompletableFuture<ResponseEntity<TaskView>> submit(HttpServletRequest request) {
    var wait = WaitPreference.in(request.getHeaders("Prefer")).orElse(Duration.ZERO);
    var body = BodyFilter.bodyOf(request);
    var origin = new Origin(Caller.nameOf(request), traces.of(request));
    try {
      var key = IdempotencyKey.in(request, Caller.ownerOf(request));
      return send(body, origin, key, wait).thenApply(sent -> answer(sent, wait));
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      throw e;
    }
  }

  private CompletableFuture<Sent<ResponseEntity<TaskView>>> send(
      byte[] body, Origin origin, @Nullable IdempotencyKey key, Duration wait) {
    if (key != null) {
      return awaited.send(
          key.with(body), (id, at) -> draft(body, ReplyAddress.NOBODY, origin, id, at), wait);
    }
    var caller = awaited.callerWaiting(wait);
    return awaited.send(draft(body, caller, origin, submissions.newId(), submissions.now()), wait);
  }

  private Draft<ResponseEntity<TaskView>> draft(
      byte[] body, ReplyAddress caller, Origin origin, String id, Instant at) {
    return submissions.draft(body, caller, origin, id, at, TaskSubmissionEndpoint::accepted);
  }

  private static ResponseEntity<TaskView> answer(
      Sent<ResponseEntity<TaskView>> sent, Duration wait) {
    return sent.end()
        .map(view -> finished(sent.draft().task(), view, wait))
        .orElse(sent.draft().answer());
  }

  /** Made before the task is sent: it is costly, and the confirm comes on the event loop. */
  private static ResponseEntity<TaskView> accepted(TaskMessage task) {
    return ResponseEntity.accepted().location(locationOf(task)).body(TaskView.accepted(task));
  }

  private static ResponseEntity<TaskView> finished(TaskMessage task, TaskView view, Duration wait) {
    return ResponseEntity.ok()
        .location(locationOf(task))
        .header("Preference-Applied", "wait=" + wait.toSeconds())
        .body(view);
  }

  private static URI locationOf(TaskMessage task) {
    return URI.create(TaskView.PATH + task.id());
  }
}
