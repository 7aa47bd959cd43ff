package dev.warren.contract;

/** The names of what lives at the broker. The sender API declares it; a worker waits for it. */
public final class TaskTopology {

  /** Durable direct exchange that every task is published to; the routing key is a queue's key. */
  public static final String TASKS_EXCHANGE = "tasks";

  /** Key of the queue a task goes to unless it names another. */
  public static final String DEFAULT_KEY = "default";

  /** Key of the queue of buried tasks. */
  public static final String DEAD_KEY = "dead";

  /** Quorum queue with the work that is due. */
  public static final String DEFAULT_QUEUE = TASKS_EXCHANGE + "." + DEFAULT_KEY;

  /** Quorum queue of buried tasks: by a worker with the reason in headers, or by the broker. */
  public static final String DEAD_QUEUE = TASKS_EXCHANGE + "." + DEAD_KEY;

  private TaskTopology() {}

  /** The full name of the queue with this key, such as {@code tasks.default}. */
  public static String queueOf(String key) {
    return TASKS_EXCHANGE + "." + key;
  }
}
