package dev.warren.sender.calls;

import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.sender.calls.CallEnd.Refused;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.submission.AwaitedTasks;
import dev.warren.sender.submission.AwaitedTasks.Sent;
import dev.warren.sender.submission.CallRequest;
import dev.warren.sender.submission.Draft;
import dev.warren.sender.submission.SubmissionMetrics;
import dev.warren.sender.submission.Submissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * Calls of services, whatever door they come by. A call is a task as any other: it is retried by
 * its type's policy while its caller waits, and done when its caller has gone.
 */
public final class Calls {

  private final AwaitedTasks awaited;
  private final Submissions submissions;
  private final SubmissionMetrics metrics;

  Calls(AwaitedTasks awaited, Submissions submissions, SubmissionMetrics metrics) {
    this.awaited = awaited;
    this.submissions = submissions;
    this.metrics = metrics;
  }

  /**
   * A call on its way.
   *
   * @param taskId by which its end is found later
   * @param end may come on any thread, which is not to be kept
   */
  public record Begun(String taskId, CompletableFuture<CallEnd> end) {}

  /**
   * Begins a call.
   *
   * @param wait for its end, zero for not at all
   * @throws RequestRefused saying what to change
   */
  public Begun begin(CallRequest call, Duration wait, Origin origin) {
    var id = submissions.newId();
    try {
      var draft = draft(call, awaited.callerWaiting(wait), origin, id, submissions.now());
      return new Begun(id, endOf(awaited.send(draft, wait)));
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      throw e;
    }
  }

  /** Its caller has gone and waits no longer; the work is done all the same. */
  public void hangUp(Begun call) {
    awaited.hangUp(call.taskId());
  }

  /** The same call by the same key is one task, however often it is sent. */
  public CompletableFuture<CallEnd> once(
      KeyedRequest key, CallRequest call, Duration wait, Origin origin) {
    return endOf(
        awaited.send(key, (id, at) -> draft(call, ReplyAddress.NOBODY, origin, id, at), wait));
  }

  private Draft<TaskView> draft(
      CallRequest call, ReplyAddress caller, Origin origin, String id, Instant at) {
    return submissions.draft(call, caller, origin, id, at, TaskView::accepted);
  }

  private static CompletableFuture<CallEnd> endOf(CompletableFuture<Sent<TaskView>> sending) {
    return sending.thenApply(CallEnd::of).exceptionallyCompose(Calls::refused);
  }

  private static CompletableFuture<CallEnd> refused(Throwable failure) {
    return RequestRefused.problemIn(failure)
        .map(problem -> CompletableFuture.<CallEnd>completedFuture(new Refused(problem)))
        .orElseGet(() -> CompletableFuture.failedFuture(failure));
  }
}
