package dev.warren.sender.streaming;

/** A client that is given events one by one, of which no two calls are made at once. */
public interface EventReceiver {

  /** Comes first: what it will be given comes by this. */
  void opened(PushedEvents events);

  /** Whether it takes one more; when it does again, {@link PushedEvents#write} is to be called. */
  boolean isReady();

  void receive(LiveEvent event);

  /** Some of what it has missed is no longer there. */
  void receiveGap();

  void end(End why);

  /** Why there is no more. */
  enum End {
    /** Its task has ended. */
    OVER,
    /** It has not taken what there was fast enough. */
    TOO_SLOW,
    /** It would no longer be let in: its key was revoked. */
    NOT_ADMITTED,
    /** This replica ends. */
    CLOSED
  }
}
