package dev.warren.sender.scheduling;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Does one thing again and again in a thread of its own; a failure is said once and tried again.
 */
public final class Repeated implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Repeated.class);

  /** A failed turn may be that of a database which is away. */
  private static final long MIN_PAUSE_AFTER_FAILURE_MILLIS = 1000;

  /** Longer than a confirm takes, so that what was published is marked. */
  private static final long STOP_SECONDS = 5;

  private final String name;
  private final Duration interval;
  private final Runnable turn;
  private final ScheduledThreadPoolExecutor thread;
  private volatile boolean running;

  /** Confined to the thread. */
  private boolean failing;

  public Repeated(String name, Duration interval, Runnable turn) {
    this.name = name;
    this.interval = interval;
    this.turn = turn;
    this.thread = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, name));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false); // else its end waits for them
  }

  @Override
  public void start() {
    running = true;
    next(interval.toMillis());
  }

  private void next(long millis) {
    if (running) {
      thread.schedule(this::takeTurn, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void takeTurn() {
    var pause = interval.toMillis();
    try {
      turn.run();
      failing = false;
    } catch (Throwable e) { // also an Error: there would be no further turn
      pause = Math.max(pause, MIN_PAUSE_AFTER_FAILURE_MILLIS);
      report(e);
    }
    next(pause);
  }

  private void report(Throwable failure) {
    if (!failing && running) {
      failing = true;
      var cause = NestedExceptionUtils.getMostSpecificCause(failure);
      log.warn("{} does not work, and is tried again: {}", name, cause.toString());
      log.debug("{} failed", name, failure);
    }
  }

  @Override
  public void stop() {
    running = false;
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Above that of the broker's connections, so that it is stopped first. */
  @Override
  public int getPhase() {
    return 1;
  }
}
