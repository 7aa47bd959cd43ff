package dev.warren.contract;

import java.util.regex.Pattern;

/**
 * A kind of work.
 *
 * @param name the {@code type} of its tasks: 1 to 100 letters, digits, dots, hyphens, underscores
 * @param queue key of the queue its tasks go to unless they name another
 * @param payload record that the JSON payload is bound to; its constraints are checked
 * @param result record of the result, or {@link Void}
 * @param retry unless the task says otherwise
 */
public record TaskType<P, R>(
    String name, String queue, Class<P> payload, Class<R> result, RetryPolicy retry) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  public TaskType {
    if (!isName(name)) {
      throw new IllegalArgumentException("no name of a task type: " + name);
    }
  }

  /** On the queue {@code default}, with the default retry policy. */
  public static <P, R> TaskType<P, R> of(String name, Class<P> payload, Class<R> result) {
    return new TaskType<>(name, TaskTopology.DEFAULT_KEY, payload, result, RetryPolicy.DEFAULT);
  }

  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
