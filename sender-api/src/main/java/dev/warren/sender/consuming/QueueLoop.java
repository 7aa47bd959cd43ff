package dev.warren.sender.consuming;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reads a queue on a thread of its own as long as the application runs; whatever fails, it goes on.
 */
public final class QueueLoop implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(QueueLoop.class);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String name;
  private final QueueReader queue;
  private final Turn turn;
  private @Nullable Thread thread;
  private volatile boolean running;

  /** What is done again and again. */
  public interface Turn {
    /** Takes what there is; waits for it not much longer than a second. */
    void take(QueueReader queue) throws InterruptedException;
  }

  /**
   * @param name of the thread
   */
  public QueueLoop(String name, QueueReader queue, Turn turn) {
    this.name = name;
    this.queue = queue;
    this.turn = turn;
  }

  @Override
  public void start() {
    running = true;
    var fresh = new Thread(this::run, name);
    thread = fresh;
    fresh.start();
  }

  private void run() {
    try (queue) {
      while (running) {
        try {
          turn.take(queue);
        } catch (RuntimeException | Error e) {
          log.error("{} failed, and goes on", name, e);
          queue.pause();
          Thread.sleep(PAUSE.toMillis());
        }
      }
    } catch (InterruptedException e) {
      log.debug("shutting down");
    }
  }

  @Override
  public void stop() {
    running = false;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Above the connection's, and below the web server's. */
  @Override
  public int getPhase() {
    return 1;
  }
}
