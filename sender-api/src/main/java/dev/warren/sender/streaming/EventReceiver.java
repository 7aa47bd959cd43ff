package dev.warren.sender.streaming;

/** A client that is given events one by one, of which no two calls are made at once. */
public interface EventReceiver {

  /** Comes first: what it will be given comes by this. */
  void opened(PushedEvents events);

  /** Whether it takes one more; when it does again, {@link PushedEvents#write} is to be called. */
  boolean isReady();

  void receive(LiveEvent event);

  /** Some of what it has missed, up to this id, is no longer there. */
  void receiveGap(long forgotten);

  /** There is no more: the task has ended, or this replica does. */
  void end();

  /** It has not taken what there was fast enough. */
  void cutOff();
}
