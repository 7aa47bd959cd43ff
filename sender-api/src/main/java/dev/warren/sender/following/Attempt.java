package dev.warren.sender.following;

import dev.warren.contract.TaskEvent;
import dev.warren.sender.following.TaskView.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try of a worker at a task.
 *
 * @param number from 1 in each round
 * @param delivery from 1; the broker delivers again what a worker did not finish
 */
public record Attempt(
    int round,
    int number,
    int delivery,
    @Nullable String worker,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    Outcome outcome,
    @Nullable Failure error) {

  /** What came of it. */
  public enum Outcome {
    /** Nothing yet. */
    RUNNING,
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    CANCELLED,
    EXPIRED,
    /** Nobody has said, and the task has gone on without it: its worker was killed or cut off. */
    LOST;

    static Outcome of(TaskEvent.Kind kind, boolean timedOut) {
      return switch (kind) {
        case RUNNING, PROGRESS -> RUNNING;
        case SUCCEEDED -> SUCCEEDED;
        case FAILED, DEAD -> timedOut ? TIMED_OUT : FAILED;
        case CANCELLED -> CANCELLED;
        case EXPIRED -> EXPIRED;
      };
    }
  }

  Attempt lost() {
    return new Attempt(round, number, delivery, worker, startedAt, endedAt, Outcome.LOST, error);
  }
}
