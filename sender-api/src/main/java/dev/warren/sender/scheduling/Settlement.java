package dev.warren.sender.scheduling;

/** What is to be noted of a claim. */
record Settlement(Claim claim, Kind kind) {

  /** What became of it. */
  enum Kind {
    /** It is in its queue. */
    QUEUED,
    /** The broker has not taken it, for sure. */
    REFUSED,
    /** There is no such queue, and there will be none. */
    MISDIRECTED,
    /** AMQP cannot encode it, now or ever. */
    UNSENDABLE
  }
}
