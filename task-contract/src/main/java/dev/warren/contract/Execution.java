package dev.warren.contract;

import java.util.Map;

/**
 * Which execution of a task a message is about.
 *
 * @param round 1, and one more with each replay
 * @param attempt 1, and one more with each retry of the round
 * @param dispatch 1, and one more each time the attempt is sent again since it was found lost
 */
public record Execution(int round, int attempt, int dispatch) {

  /** What a task begins with. */
  public static final Execution FIRST = new Execution(1, 1, 1);

  /** Which one the headers of a task are about. */
  public static Execution in(Map<String, Object> headers) {
    return new TaskHeaderCodec(headers).execution();
  }

  /** After a failure. */
  public Execution nextAttempt() {
    return new Execution(round, attempt + 1, 1);
  }

  /** After it was lost. */
  public Execution nextDispatch() {
    return new Execution(round, attempt, dispatch + 1);
  }

  /** After someone wants it done again from the beginning. */
  public Execution nextRound() {
    return new Execution(round + 1, 1, 1);
  }
}
