package dev.warren.contract;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of what lives at the broker, and how it is declared. The sender API declares it; a
 * worker waits for it.
 */
public final class TaskTopology {

  /** Durable direct exchange that every task is published to; the routing key is a queue's key. */
  public static final String TASKS_EXCHANGE = "tasks";

  /** Durable topic exchange of what happened to tasks; its keys are those of {@link TaskEvent}. */
  public static final String EVENTS_EXCHANGE = "task-events";

  /** Durable fanout exchange of what all workers are to know: {@link ControlMessage}s. */
  public static final String CONTROL_EXCHANGE = "task-control";

  /** Key of the queue a task goes to unless it or its type names another. */
  public static final String DEFAULT_KEY = "default";

  /** Key of the queue of buried tasks. */
  public static final String DEAD_KEY = "dead";

  /** Key of tasks that are not due yet: only the ledger takes them. */
  public static final String SCHEDULED_KEY = "scheduled";

  /** Key of what the ledger sends to itself. */
  public static final String LEDGER_KEY = "ledger";

  /** Quorum queue with the work that is due. */
  public static final String DEFAULT_QUEUE = queueOf(DEFAULT_KEY);

  /** Quorum queue of buried tasks: by a worker with the reason in headers, or by the broker. */
  public static final String DEAD_QUEUE = queueOf(DEAD_KEY);

  /** Quorum queue with a copy of every task and every event about one; it feeds the ledger. */
  public static final String LEDGER_QUEUE = queueOf(LEDGER_KEY);

  /** What the ledger's queue takes of {@link #EVENTS_EXCHANGE}. */
  public static final String ALL_TASK_EVENTS = "task.#";

  /**
   * Of {@link #EVENTS_EXCHANGE}: the workers that ask for a {@link ControlMessage.Kind#SNAPSHOT}.
   */
  public static final String STARTED_WORKERS = "worker.started.#";

  /** What workers say of themselves at {@link #EVENTS_EXCHANGE}: {@link WorkerPresence}. */
  public static final String ALL_WORKER_EVENTS = "worker.#";

  /** Keys that no queue of tasks may have. */
  public static final Set<String> RESERVED_KEYS = Set.of(DEAD_KEY, LEDGER_KEY, SCHEDULED_KEY);

  /** The backstop: a worker buries a task long before the broker does. */
  private static final int DELIVERY_LIMIT = 20;

  /** Arguments of a queue of tasks. */
  public static final Map<String, Object> WORK_QUEUE_ARGUMENTS =
      Map.of(
          "x-queue-type",
          "quorum",
          "x-delivery-limit",
          DELIVERY_LIMIT,
          "x-overflow",
          "reject-publish",
          "x-dead-letter-exchange",
          TASKS_EXCHANGE,
          "x-dead-letter-routing-key",
          DEAD_KEY,
          "x-dead-letter-strategy",
          "at-least-once");

  /**
   * Arguments of {@link #DEAD_QUEUE}. A limit, since 4.x would else drop after 20; the largest,
   * since 3.10 drops at once with -1.
   */
  public static final Map<String, Object> DEAD_QUEUE_ARGUMENTS =
      Map.of("x-queue-type", "quorum", "x-delivery-limit", Integer.MAX_VALUE);

  /** Arguments of {@link #LEDGER_QUEUE}: one replica reads it, another takes over. */
  public static final Map<String, Object> LEDGER_QUEUE_ARGUMENTS =
      Map.of(
          "x-queue-type",
          "quorum",
          "x-delivery-limit",
          Integer.MAX_VALUE,
          "x-single-active-consumer",
          true);

  private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private static final Pattern NOT_FOR_A_WORD = Pattern.compile("[^A-Za-z0-9_-]");
  private static final int MAX_WORD = 64;

  private TaskTopology() {}

  /** The full name of the queue with this key, such as {@code tasks.default}. */
  public static String queueOf(String key) {
    return TASKS_EXCHANGE + "." + key;
  }

  /** The key of the queue with this full name; the name itself where it is none of ours. */
  public static String keyOf(String queue) {
    var prefix = queueOf("");
    return queue.startsWith(prefix) ? queue.substring(prefix.length()) : queue;
  }

  /**
   * Whether a queue of tasks may have this key: 1 to 63 lower case letters, digits and hyphens, not
   * beginning with a hyphen, and not reserved.
   */
  public static boolean isKeyOfTasks(String key) {
    return KEY.matcher(key).matches() && !RESERVED_KEYS.contains(key);
  }

  /** What a worker's own queue is called, before a part that is never the same. */
  public static String controlQueueOf(String worker) {
    return "worker." + wordOf(worker) + ".";
  }

  /** Key of the event by which a worker asks for a {@link ControlMessage.Kind#SNAPSHOT}. */
  public static String startedKeyOf(String worker) {
    return "worker.started." + wordOf(worker);
  }

  private static String wordOf(String name) {
    var cut = name.substring(0, Math.min(name.length(), MAX_WORD));
    return NOT_FOR_A_WORD.matcher(cut).replaceAll("_");
  }
}
