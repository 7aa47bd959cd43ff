package dev.warren.worker.handlers;

import dev.warren.contract.TraceParent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a handler may want to know and say while it works. */
public interface TaskContext {

  /** The task's id: the same at each attempt, so that work done twice can be found out. */
  String id();

  /** 1, and one more with each retry. */
  int attempt();

  /** When the work is interrupted. */
  Instant deadline();

  /**
   * Says how far the work is; at most once a second is passed on, the rest is dropped.
   *
   * @param percent 0 to 100
   */
  void progress(int percent, @Nullable String note);

  /** What the work is a part of; to be passed on to whatever it calls. Null for no trace. */
  default @Nullable TraceParent trace() {
    return null;
  }

  /** Whether to end the work: it was cancelled, its time is over, or the worker is stopping. */
  boolean isCancelled();
}
