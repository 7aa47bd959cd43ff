package dev.warren.sender.ledger.intake;

/**
 * How many messages the broker may push at once: the client keeps them all in memory, and a quorum
 * queue bounds their number only. So few at first, and many once they have been small for a while.
 * For one thread.
 */
final class Pace {

  /** Of which any size is bearable. */
  static final int CAREFUL = 16;

  /** Bodies of one batch, which the database is given at once; one message may be larger. */
  static final long MAX_BATCH_BYTES = 4 << 20;

  private static final long MAX_PUSHED_BYTES = 32 << 20;

  /** So many small messages in a row. */
  private static final int CALM = 256;

  private final int most;
  private int calm;

  /**
   * @param most that is ever pushed at once
   */
  Pace(int most) {
    this.most = most;
  }

  /** Begins anew, with an unknown queue. */
  void restart() {
    calm = 0;
  }

  /**
   * How many are to be pushed after this batch.
   *
   * @param pushed at once until now
   * @param bytes of all bodies
   */
  int after(int pushed, int messages, long bytes) {
    var bearable = (int) Math.min(most, Math.max(1, MAX_PUSHED_BYTES * messages / (bytes + 1)));
    if (bearable < most) {
      calm = 0;
      return Math.min(pushed, Math.min(CAREFUL, bearable));
    }
    calm = Math.min(CALM, calm + messages);
    return calm == CALM ? most : pushed;
  }
}
