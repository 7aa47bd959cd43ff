package dev.warren.contract;

/** The AMQP headers of a task; what has a property of its own in AMQP is not repeated here. */
public final class TaskHeaders {

  /** Key of the queue the task was sent to, such as {@code default}. */
  public static final String QUEUE = "queue";

  /** On a buried task: why, one of the values of {@code DeadReason}. */
  public static final String DEAD_REASON = "dead-reason";

  /** On a buried task: what was wrong, in words. */
  public static final String DEAD_DETAIL = "dead-detail";

  /** On a buried task: the worker that buried it. */
  public static final String DEAD_WORKER = "dead-worker";

  /** On a buried task: when, RFC 3339 in UTC. */
  public static final String DEAD_AT = "dead-at";

  /**
   * Set by the broker on a quorum queue's redelivery: how often the task was delivered before and
   * not acknowledged.
   */
  public static final String DELIVERY_COUNT = "x-delivery-count";

  private TaskHeaders() {}
}
