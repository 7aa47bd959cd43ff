package dev.warren.sender.consuming;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one queue in its user's own thread: takes deliveries, acknowledges them by hand, and
 * connects again by itself, after which what was not acknowledged comes again. For one thread.
 */
public final class QueueReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(QueueReader.class);

  /** Between two tries to reach the queue. */
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

  private final BrokerReads broker;
  private final QueueSource source;
  private final int usualPrefetch;
  private int prefetch;
  private @Nullable ConsumerSession session;
  private long retryAt = System.nanoTime();

  QueueReader(BrokerReads broker, QueueSource source, int prefetch) {
    this.broker = broker;
    this.source = source;
    this.usualPrefetch = checked(prefetch);
    this.prefetch = prefetch;
  }

  private static int checked(int prefetch) {
    if (prefetch < 1 || prefetch > BrokerReads.MAX_PREFETCH) {
      throw new IllegalArgumentException("prefetch must be 1 to " + BrokerReads.MAX_PREFETCH);
    }
    return prefetch;
  }

  /** The next delivery; null where none came within this time, or there is no broker. */
  public @Nullable Delivery next(Duration atMost) throws InterruptedException {
    var current = connected();
    if (current == null) {
      Thread.sleep(Math.min(atMost.toMillis(), RETRY_INTERVAL.toMillis()));
      return null;
    }
    return current.poll(atMost);
  }

  /** Whether the broker would deliver now. */
  public boolean isOpen() {
    return session != null && session.isOpen();
  }

  /**
   * The next one of those that can be acknowledged together with the last; null where none came.
   */
  public @Nullable Delivery nextOfSame(Duration atMost) throws InterruptedException {
    return session == null ? null : session.poll(atMost);
  }

  /**
   * Acknowledges this delivery and all before it.
   *
   * @return whether the broker was told; where not, they come again
   */
  public boolean acknowledgeUpTo(Delivery last) {
    return last.session() == session && session != null && session.acknowledgeUpTo(last.tag());
  }

  /** How many the broker may have pushed that are not acknowledged. */
  public int prefetch() {
    return prefetch;
  }

  /**
   * Gives back what was not acknowledged, and goes on with this prefetch until it has to connect
   * again: nobody knows why a connection ended, and memory may have been the cause.
   */
  public void reopen(int prefetch) {
    pause();
    this.prefetch = checked(prefetch);
  }

  /** Gives back what was not acknowledged, and takes nothing until {@link #next}. */
  public void pause() {
    if (session != null) {
      session.close();
      session = null;
    }
    prefetch = usualPrefetch;
  }

  @Override
  public void close() {
    pause();
  }

  private @Nullable ConsumerSession connected() {
    if (session != null && !session.isOpen()) {
      pause();
    }
    if (session == null && retryAt - System.nanoTime() <= 0) {
      try {
        session = ConsumerSession.open(broker.openChannel(), source, prefetch);
      } catch (IOException | RuntimeException e) {
        log.debug("no consumer yet", e);
        prefetch = usualPrefetch;
        retryAt = System.nanoTime() + RETRY_INTERVAL.toNanos();
      }
    }
    return session;
  }
}
