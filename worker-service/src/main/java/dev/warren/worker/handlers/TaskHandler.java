package dev.warren.worker.handlers;

import dev.warren.contract.TaskType;
import org.jspecify.annotations.Nullable;

/**
 * The work of one task type. Make it a bean and the worker takes tasks of its type; it knows
 * nothing of AMQP.
 *
 * <p>The task is acknowledged once its outcome is published. If the worker dies before, the task is
 * delivered again, here or elsewhere: the work must bear being done twice.
 *
 * @param <P> record that the JSON payload is bound to; its constraints are checked, and fields it
 *     does not know are ignored
 * @param <R> record that becomes the JSON result; with {@link Void}, the answer is null
 */
public interface TaskHandler<P, R> {

  /** What it does; no two handlers share one. */
  TaskType<P, R> type();

  /** What a log line shows of the payload; it is escaped and cut for you. */
  default String describe(P payload) {
    return payload.toString();
  }

  /**
   * Does the work, on a thread of its own. An interrupt means that the task was cancelled, that its
   * time is over or that the worker is stopping and has waited long enough: let it end the work. A
   * result counts even after a cancellation, any exception then ends the task as cancelled. Else
   * what follows from an exception is the task's retry policy, but for the two below; an Error
   * counts as any exception.
   *
   * @return the result, at most 1 MiB of JSON
   * @throws PermanentFailure where another attempt would fail as well
   * @throws RetryAfter where it is known when another attempt is worth it
   * @throws Exception where the work failed
   */
  @Nullable R handle(P payload, TaskContext context) throws Exception;
}
