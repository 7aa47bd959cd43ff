package dev.warren.sender.publishing;

/** What became of a publish. Only {@link #CONFIRMED} means that the broker has the task. */
public enum PublishOutcome {
  /** On disk at the broker and routed to a queue. */
  CONFIRMED,
  /** Refused by the broker, for example since the queue is full. */
  NACKED,
  /** The broker knew no queue for it. */
  UNROUTABLE,
  /** No confirm came in time: the broker may have the task or not. */
  TIMED_OUT,
  /** The connection ended before the confirm came: the broker may have the task or not. */
  CONNECTION_LOST,
  /** Not sent: there is no broker that could take it. */
  UNAVAILABLE,
  /** Not sent: an alarm at the broker (memory, disk) blocks publishers. */
  BLOCKED,
  /** Not sent: too many publishes wait for their confirm. */
  OVERLOADED,
  /** Not sent, and never to be: its properties do not fit into an AMQP frame. */
  UNSENDABLE
}
