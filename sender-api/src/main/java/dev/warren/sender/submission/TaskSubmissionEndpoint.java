package dev.warren.sender.submission;

import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.access.Caller;
import dev.warren.sender.calls.Replica;
import dev.warren.sender.calls.Replies;
import dev.warren.sender.calls.WaitPreference;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.tracing.RequestTraces;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  private final TaskPublisher publisher;
  private final Submissions submissions;
  private final SubmissionMetrics metrics;
  private final Replies replies;
  private final Replica replica;
  private final RequestTraces traces;

  TaskSubmissionEndpoint(
      TaskPublisher publisher,
      Submissions submissions,
      SubmissionMetrics metrics,
      Replies replies,
      Replica replica,
      RequestTraces traces) {
    this.publisher = publisher;
    this.submissions = submissions;
    this.metrics = metrics;
    this.replies = replies;
    this.replica = replica;
    this.traces = traces;
  }

  @PostMapping(PATH)
  CompletableFuture<ResponseEntity<TaskView>> submit(HttpServletRequest request) {
    var wait = WaitPreference.in(request.getHeaders("Prefer"));
    try {
      var task =
          submissions
              .taskOf(BodyFilter.bodyOf(request), callerFor(wait))
              .with(new Origin(Caller.nameOf(request), traces.of(request)));
      var accepted = accepted(task);
      return wait.isPresent()
          ? call(task, wait.get(), accepted)
          : send(task).thenApply(confirmed -> accepted);
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      throw e;
    }
  }

  private ReplyAddress callerFor(Optional<Duration> wait) {
    return wait.isPresent() ? new ReplyAddress(replica.name(), null, null) : ReplyAddress.NOBODY;
  }

  /** The task once it is confirmed, or {@link RequestRefused}. */
  private CompletableFuture<TaskMessage> send(TaskMessage task) {
    var message = task.options().isScheduled() ? task.toSchedule() : task.toQueue();
    return publisher.publish(message).thenApply(outcome -> confirmed(task, outcome));
  }

  private TaskMessage confirmed(TaskMessage task, PublishOutcome outcome) {
    if (outcome == PublishOutcome.CONFIRMED) {
      metrics.accepted();
      return task;
    }
    var refusal = Refusals.of(outcome, task.id());
    metrics.refused(refusal.type());
    throw new RequestRefused(refusal);
  }

  /**
   * The reply is expected before the task is sent: it may come before the confirm does. The answer
   * is made of it by the thread that has it, since a confirm's has to go on.
   */
  private CompletableFuture<ResponseEntity<TaskView>> call(
      TaskMessage task, Duration wait, ResponseEntity<TaskView> accepted) {
    var reply = replies.expect(task.id(), wait);
    var answer =
        reply.thenApply(event -> event.map(ended -> finished(task, ended, wait)).orElse(accepted));
    var sent = send(task);
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

  private static ResponseEntity<TaskView> finished(
      TaskMessage task, TaskEvent event, Duration wait) {
    return ResponseEntity.ok()
        .location(locationOf(task))
        .header("Preference-Applied", "wait=" + wait.toSeconds())
        .body(TaskView.ended(task, event));
  }

  private static URI locationOf(TaskMessage task) {
    return URI.create(TaskView.PATH + task.id());
  }
}
