package dev.warren.contract;

import java.util.Arrays;
import java.util.List;

/** Where a task is in its life. */
public enum TaskState {
  /** It waits for its time. */
  SCHEDULED,
  /** It waits for a worker. */
  QUEUED,
  /** A worker is at it. */
  RUNNING,
  /** An attempt failed; the next one waits for its time. */
  RETRY_WAIT,
  /** Done. */
  SUCCEEDED,
  /** Given up: attempts used up, a permanent failure, or nobody could do it. */
  DEAD,
  /** Not wanted any more. */
  CANCELLED,
  /** Its time was over before it was done. */
  EXPIRED;

  /** Whether it stays so, but for the replay of a {@link #DEAD} task. */
  public boolean isTerminal() {
    return ordinal() >= SUCCEEDED.ordinal();
  }

  public static List<TaskState> terminal() {
    return Arrays.stream(values()).filter(TaskState::isTerminal).toList();
  }
}
