package dev.warren.sender.ledger;

import dev.warren.contract.Execution;

/**
 * How far a task has come, as one number that only grows: what is told with a smaller one, or the
 * same, comes late or twice and changes nothing.
 */
public final class Position {

  private static final int MAX_ROUND = 0xfff;
  private static final int MAX_ATTEMPT = 0x7fff;
  private static final int MAX_DISPATCH = 0x7fff;
  private static final int MAX_DELIVERY = 0x7ff;

  /** What follows what within one delivery. */
  public enum Rank {
    SCHEDULED,
    QUEUED,
    RUNNING,
    ENDED
  }

  private Position() {}

  /**
   * @param delivery from 1; 0 where it was not delivered yet
   */
  public static long of(Execution execution, int delivery, Rank rank) {
    var position = (long) Math.min(execution.round(), MAX_ROUND);
    position = position << 15 | Math.min(execution.attempt(), MAX_ATTEMPT);
    position = position << 15 | Math.min(execution.dispatch(), MAX_DISPATCH);
    position = position << 11 | Math.min(delivery, MAX_DELIVERY);
    return position << 3 | rank.ordinal();
  }
}
