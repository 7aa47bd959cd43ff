package dev.warren.sender.submission;

import dev.warren.sender.following.TaskView;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.publishing.PublishOutcome;
import org.springframework.http.HttpHeaders;

/** Why a task did not end with a 202, and what to do about it. */
final class Refusals {

  /** In seconds: what passes by itself, soon; what someone has to mend, later. */
  private static final String SOON = "1";

  private static final String LATER = "5";

  private Refusals() {}

  /** Of any outcome but {@link PublishOutcome#CONFIRMED}. */
  static Problem of(PublishOutcome outcome, String taskId) {
    return switch (outcome) {
      case CONFIRMED -> throw new IllegalArgumentException("a confirmed task is not refused");
      case TIMED_OUT, CONNECTION_LOST ->
          Problem.of(
                  ProblemType.UNCONFIRMED,
                  "The task may be queued or not: nobody knows. Sending it again may do it twice, unless"
                      + " with the same Idempotency-Key or taskId.")
              .withTask(taskId);
      case UNAVAILABLE ->
          notTaken(
              ProblemType.BROKER_UNAVAILABLE,
              "The broker takes no tasks now; GET /actuator/health/readiness says why.",
              LATER);
      case BLOCKED ->
          notTaken(
              ProblemType.BROKER_BLOCKED, "The broker is short of memory or disk space.", LATER);
      case NACKED -> notTaken(ProblemType.QUEUE_REFUSED, "The broker refused the task.", LATER);
      case UNROUTABLE ->
          notTaken(ProblemType.UNROUTABLE, "The queue is missing; it will be made again.", LATER);
      case OVERLOADED ->
          notTaken(ProblemType.OVERLOADED, "Too many requests wait for the broker.", SOON);
      case UNSENDABLE ->
          Problem.of(
              ProblemType.INVALID_REQUEST,
              "All of the task but its payload does not fit into one frame of the broker's; send"
                  + " fewer or shorter labels.");
    };
  }

  /** Of a key whose first request is not over. */
  static Problem inFlight() {
    return Problem.of(
            ProblemType.IN_FLIGHT,
            "The first request with this Idempotency-Key is being answered, or was cut off; send"
                + " this again after Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, SOON);
  }

  /** Of a key that belongs to another request. */
  static Problem keyReused() {
    return Problem.of(
        ProblemType.KEY_REUSED,
        "This Idempotency-Key came with another method, path or body, which must be the same byte"
            + " for byte; take another key.");
  }

  /** Of an id of the client's own which another task has. */
  static Problem idTaken(String taskId) {
    return Problem.of(
            ProblemType.TASK_ID_TAKEN,
            "There is a task " + taskId + "; Location names it. Choose another id.")
        .withHeader(HttpHeaders.LOCATION, TaskView.PATH + taskId);
  }

  private static Problem notTaken(ProblemType type, String cause, String retryAfter) {
    return Problem.of(
            type, cause + " The task was not taken; send it again after Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, retryAfter);
  }
}
