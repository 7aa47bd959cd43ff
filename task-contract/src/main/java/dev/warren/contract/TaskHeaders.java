package dev.warren.contract;

/**
 * The AMQP headers of a task and of the events about it; what has a property of its own in AMQP is
 * not repeated here. Each may be missing. Instants are RFC 3339 text in UTC, durations whole
 * milliseconds.
 */
public final class TaskHeaders {

  /** Key of the queue the task belongs to, such as {@code default}. */
  public static final String QUEUE = "queue";

  /** Replica of the API at which someone waits for the outcome, or {@code none}. */
  public static final String CALLER = "caller";

  /** Name of the API key that the task was sent with; missing where none was. */
  public static final String CREATED_BY = "created-by";

  /** When the task was accepted; AMQP's own {@code timestamp} has whole seconds only. */
  public static final String CREATED_AT = "created-at";

  /** 1, and one more with each replay. */
  public static final String ROUND = "round";

  /** 1, and one more with each retry of a round. */
  public static final String ATTEMPT = "attempt";

  /** 1, and one more each time an attempt is sent again since it was found lost. */
  public static final String DISPATCH = "dispatch";

  /** Not to be run before. */
  public static final String NOT_BEFORE = "not-before";

  /** Not to be run before this time has passed; where it is there, it wins over the time. */
  public static final String DELAY_MS = "delay-ms";

  /** Not to be run after. */
  public static final String EXPIRES_AT = "expires-at";

  /** How long one attempt may take. */
  public static final String TIMEOUT_MS = "timeout-ms";

  /** Attempts of a round, the first included. */
  public static final String RETRY_MAX_ATTEMPTS = "retry-max-attempts";

  /** Wait before the second attempt. */
  public static final String RETRY_MIN_BACKOFF_MS = "retry-min-backoff-ms";

  /** The longest wait. */
  public static final String RETRY_MAX_BACKOFF_MS = "retry-max-backoff-ms";

  /** By which each wait is longer than the one before. */
  public static final String RETRY_MULTIPLIER = "retry-multiplier";

  /** The part of each wait that is left to chance, 0 to 1. */
  public static final String RETRY_JITTER = "retry-jitter";

  /** A table of text by text. */
  public static final String LABELS = "labels";

  /** What the task is a part of, as in HTTP: W3C's Trace Context. */
  public static final String TRACEPARENT = TraceParent.HEADER;

  /** On an event: the worker it comes from. */
  public static final String WORKER = "worker";

  /** On an event: which delivery of the attempt it is about, counted from 1 by the broker. */
  public static final String DELIVERY = "delivery";

  /** On an event: when the work began. */
  public static final String STARTED_AT = "started-at";

  /** On an event: when the work ended. */
  public static final String ENDED_AT = "ended-at";

  /** On a failure: the class of the error, or a code in its place. */
  public static final String ERROR_CLASS = "error-class";

  /** On a failure: what was wrong, in words. */
  public static final String ERROR_MESSAGE = "error-message";

  /** On a failure: true where another attempt would fail as well. */
  public static final String PERMANENT = "permanent";

  /** On a failure: true where the attempt took longer than it may. */
  public static final String TIMED_OUT = "timed-out";

  /** On a failure: the wait before the next attempt, in place of the retry policy's. */
  public static final String RETRY_AFTER_MS = "retry-after-ms";

  /** On progress: 0 to 100. */
  public static final String PROGRESS_PERCENT = "progress-percent";

  /** On progress: in words. */
  public static final String PROGRESS_NOTE = "progress-note";

  /** On the reply to a foreign caller: how the task has ended, one of {@code TaskState}. */
  public static final String STATE = "state";

  /** On what the ledger sends to itself: which one it is. */
  public static final String MARKER = "marker";

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
