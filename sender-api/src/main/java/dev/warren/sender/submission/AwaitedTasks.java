package dev.warren.sender.submission;

import dev.warren.contract.ReplyAddress;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.replies.Replica;
import dev.warren.sender.replies.Replies;
import dev.warren.sender.submission.OnceOnly.Drafting;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** Brings tasks to the broker whose callers may wait for the end of them. */
public final class AwaitedTasks {

  /** KiB of payloads of those who wait, each of which is held twice: a part of the heap. */
  private static final int MAX_WAITING_KIB = 32 * 1024;

  private final Semaphore room = new Semaphore(MAX_WAITING_KIB);
  private final OnceOnly onceOnly;
  private final SubmissionMetrics metrics;
  private final Replies replies;
  private final Replica replica;
  private final Tasks tasks;

  AwaitedTasks(
      OnceOnly onceOnly, SubmissionMetrics metrics, Replies replies, Replica replica, Tasks tasks) {
    this.onceOnly = onceOnly;
    this.metrics = metrics;
    this.replies = replies;
    this.replica = replica;
    this.tasks = tasks;
  }

  /**
   * A task that the broker has.
   *
   * @param end the task as it ended; empty where it did not in time, or nobody waited
   */
  public record Sent<A>(Draft<A> draft, Optional<TaskView> end) {}

  /** Whom the outcome of a task is told, which {@link #send(Draft, Duration)} is to be given. */
  public ReplyAddress callerWaiting(Duration wait) {
    return wait.isZero() ? ReplyAddress.NOBODY : new ReplyAddress(replica.name(), null, null);
  }

  /**
   * Fails with {@link RequestRefused}, as the other one. Where those who wait hold too much
   * already, nobody waits for it.
   *
   * @param wait zero where nobody does
   */
  public <A> CompletableFuture<Sent<A>> send(Draft<A> draft, Duration wait) {
    var kib = kibOf(draft);
    if (wait.isZero() || !room.tryAcquire(kib)) {
      return metrics.counted(onceOnly.take(draft)).thenApply(taken -> unanswered(draft));
    }
    return call(draft, wait).whenComplete((sent, failure) -> room.release(kib));
  }

  /** Who waits for this task, whose id is not the client's, has gone: his room is free again. */
  public void hangUp(String taskId) {
    replies.hangUp(taskId);
  }

  /**
   * Who sends it again may wait again; so the end of it is asked of the ledger, where anyone finds
   * it, and the first answer is as all later ones.
   *
   * @param drafting of a task whose outcome nobody is told
   */
  public <A> CompletableFuture<Sent<A>> send(
      KeyedRequest request, Drafting<A> drafting, Duration wait) {
    return metrics
        .counted(onceOnly.take(request, drafting))
        .thenCompose(
            taken ->
                wait.isZero()
                    ? CompletableFuture.completedFuture(unanswered(taken.draft()))
                    : ended(taken.draft(), wait));
  }

  private static int kibOf(Draft<?> draft) {
    return 1 + draft.task().payload().length / 1024;
  }

  private <A> CompletableFuture<Sent<A>> ended(Draft<A> draft, Duration wait) {
    var kib = kibOf(draft);
    if (!room.tryAcquire(kib)) {
      return CompletableFuture.completedFuture(unanswered(draft));
    }
    return tasks
        .findEnded(draft.task().id(), wait)
        .thenApply(view -> view.state().isTerminal() ? answered(draft, view) : unanswered(draft))
        .exceptionally(failure -> unanswered(draft)) // the broker has it, whatever the ledger knows
        .whenComplete((sent, failure) -> room.release(kib));
  }

  /**
   * The reply is expected before the task is sent: it may come before the confirm does, and then
   * says as much, unless the id is the client's: another task may have it. The answer is made of it
   * by the thread that has it, since a confirm's has to go on.
   */
  private <A> CompletableFuture<Sent<A>> call(Draft<A> draft, Duration wait) {
    var task = draft.task();
    var reply = replies.expect(task, wait);
    var answer = reply.thenApply(end -> end.map(view -> answered(draft, view)));
    var sent = metrics.counted(onceOnly.take(draft));
    sent.whenComplete(
        (taken, refusal) -> {
          if (refusal != null) {
            reply.completeExceptionally(refusal);
          }
        });
    return answer.thenCompose(
        ended ->
            ended.isPresent() && !draft.hasOwnId()
                ? CompletableFuture.completedFuture(ended.get())
                : sent.thenApply(taken -> ended.orElseGet(() -> unanswered(draft))));
  }

  private static <A> Sent<A> answered(Draft<A> draft, TaskView end) {
    return new Sent<>(draft, Optional.of(end));
  }

  private static <A> Sent<A> unanswered(Draft<A> draft) {
    return new Sent<>(draft, Optional.empty());
  }
}
