package dev.warren.sender.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Where a stream begins.
 *
 * @param after the id behind which it does
 * @param beginning what is sent before all others
 * @param isOver the client has heard all that there is and will be
 * @param gap some of what the client has missed is no longer there
 */
record Opening(
    EventFilter filter,
    long after,
    @Nullable LiveEvent beginning,
    @Nullable Gap gap,
    boolean isOver) {

  /**
   * @param after the last id that the client has heard
   * @param forgotten up to this id some events were deleted
   */
  record Gap(long after, long forgotten) {}

  /** Of all tasks, from now on. */
  static Opening now(EventFilter filter, EventQueries.Ends ends) {
    return new Opening(filter, ends.newest(), null, null, false);
  }

  /** Behind the last id that the client has heard. */
  static Opening after(EventFilter filter, long id, EventQueries.Ends ends) {
    var gap = id < ends.forgotten() || id > ends.newest() ? new Gap(id, ends.forgotten()) : null;
    return new Opening(filter, Math.min(id, ends.newest()), null, gap, false);
  }

  static Opening ofTask(EventFilter filter, LiveEvent beginning) {
    return new Opening(filter, 0, beginning, null, false);
  }

  static Opening over(EventFilter filter, long after) {
    return new Opening(filter, after, null, null, true);
  }
}
