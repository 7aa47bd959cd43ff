package dev.warren.sender.streaming;

import dev.warren.contract.TaskState;

/**
 * One who listens, however it is told. Nothing here waits for the client: what it does not take yet
 * is held, up to a limit; beyond that it is cut off.
 */
interface Listener {

  /** Who is told of its end. */
  interface Listening {
    /** It would hold too much. */
    void cutOff(Listener listener);

    void ended(Listener listener);
  }

  EventFilter filter();

  boolean isOpen();

  /** The id up to which it was given all it wants. */
  long position();

  /** Says that some of what it has missed is no longer there. */
  void sayGap(Opening.Gap gap);

  /** Gives it what there is before all events. */
  void begin(LiveEvent event);

  /** Gives it what it wants of a page, and by this takes it to have read up to an id. */
  void send(EventPage page, long readTo);

  /** Says nothing, to whom nothing else was said. */
  void beat();

  /** Ends with the task, once all was written. */
  void end(TaskState state);

  /** Ends once all was written. */
  void close();

  /** Ends at once: nothing more is for it. */
  void turnAway();

  /** Runs it once, as soon as all was written that it holds. */
  void whenWritten(Runnable next);
}
