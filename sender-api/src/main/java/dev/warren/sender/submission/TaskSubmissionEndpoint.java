package dev.warren.sender.submission;

import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.access.Caller;
import dev.warren.sender.calls.Replica;
import dev.warren.sender.calls.Replies;
import dev.warren.sender.calls.WaitPreference;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.idempotency.IdempotencyKey;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.submission.OnceOnly.Taken;
import dev.warren.sender.tracing.RequestTraces;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

  private final OnceOnly onceOnly;
  private final Submissions submissions;
  private final SubmissionMetrics metrics;
  private final Replies replies;
  private final Replica replica;
  private final Tasks tasks;
  private final RequestTraces traces;

  TaskSubmissionEndpoint(
      OnceOnly onceOnly,
      Submissions submissions,
      SubmissionMetrics metrics,
      Replies replies,
      Replica replica,
      Tasks tasks,
      RequestTraces traces) {
    this.onceOnly = onceOnly;
    this.submissions = submissions;
    this.metrics = metrics;
    this.replies = replies;
    this.replica = replica;
    this.tasks = tasks;
    this.traces = traces;
  }

  @PostMapping(PATH)
  CompletableFuture<ResponseEntity<TaskView>> submit(HttpServletRequest request) {
    var wait = WaitPreference.in(request.getHeaders("Prefer"));
    var body = BodyFilter.bodyOf(request);
    var origin = new Origin(Caller.nameOf(request), traces.of(request));
    try {
      var key = IdempotencyKey.in(request, Caller.ownerOf(request));
      if (key != null) {
        return submitOnce(body, origin, key.with(body), wait);
      }
      var draft = draft(body, callerFor(wait), origin, submissions.newId(), submissions.now());
      return wait.isPresent()
          ? call(draft, wait.get())
          : counted(onceOnly.take(draft)).thenApply(taken -> draft.answer());
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      throw e;
    }
  }

  private Draft<ResponseEntity<TaskView>> draft(
      byte[] body, ReplyAddress caller, Origin origin, String id, Instant at) {
    return submissions.draft(body, caller, origin, id, at, TaskSubmissionEndpoint::accepted);
  }

  /**
   * Who sends it again may wait again; so the end of it is asked of the ledger, where anyone finds
   * it, and the first answer is as all later ones.
   */
  private CompletableFuture<ResponseEntity<TaskView>> submitOnce(
      byte[] body, Origin origin, KeyedRequest request, Optional<Duration> wait) {
    return counted(
            onceOnly.take(request, (id, at) -> draft(body, ReplyAddress.NOBODY, origin, id, at)))
        .thenCompose(
            taken -> {
              var accepted = taken.draft().answer();
              return wait.isPresent()
                  ? ended(taken.draft().task(), wait.get(), accepted)
                  : CompletableFuture.completedFuture(accepted);
            });
  }

  private CompletableFuture<ResponseEntity<TaskView>> ended(
      TaskMessage task, Duration wait, ResponseEntity<TaskView> accepted) {
    return tasks
        .findEnded(task.id(), wait)
        .thenApply(view -> view.state().isTerminal() ? finished(task, view, wait) : accepted)
        .exceptionally(failure -> accepted); // it is accepted, whatever the ledger knows of it
  }

  private ReplyAddress callerFor(Optional<Duration> wait) {
    return wait.isPresent() ? new ReplyAddress(replica.name(), null, null) : ReplyAddress.NOBODY;
  }

  private <A> CompletableFuture<Taken<A>> counted(CompletableFuture<Taken<A>> taking) {
    return taking.whenComplete(
        (taken, failure) -> {
          var cause = failure instanceof CompletionException ? failure.getCause() : failure;
          if (cause instanceof RequestRefused refused) {
            metrics.refused(refused.problem().type());
          } else if (taken != null && !taken.isRepeated()) {
            metrics.accepted();
          }
        });
  }

  /**
   * The reply is expected before the task is sent: it may come before the confirm does. The answer
   * is made of it by the thread that has it, since a confirm's has to go on.
   */
  private CompletableFuture<ResponseEntity<TaskView>> call(
      Draft<ResponseEntity<TaskView>> draft, Duration wait) {
    var task = draft.task();
    var reply = replies.expect(task.id(), wait);
    var answer =
        reply.thenApply(
            event ->
                event
                    .map(ended -> finished(task, TaskView.ended(task, ended), wait))
                    .orElse(draft.answer()));
    var sent = counted(onceOnly.take(draft));
    sent.whenComplete(
        (confirmed, refusal) -> {
          if (refusal != null) {
            reply.cancel(false);
          }
        });
    return sent.thenCombine(answer, (confirmed, ready) -> ready);
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
