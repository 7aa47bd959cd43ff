package dev.warren.sender.calls;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.WireMessage;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueReader;
import dev.warren.sender.consuming.QueueSource;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Hears of the end of each task that was sent for a caller of this replica, by a queue of its own.
 * What ends while that queue is away is missed: who waits for it is told no more than before.
 */
final class ReplyListener implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ReplyListener.class);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int PREFETCH = 200;

  private final QueueReader queue;
  private final Replies replies;
  private @Nullable Thread thread;
  private volatile boolean running;

  ReplyListener(BrokerReads broker, Replica replica, Replies replies) {
    var keys =
        Stream.of(Kind.SUCCEEDED, Kind.DEAD, Kind.CANCELLED, Kind.EXPIRED)
            .map(kind -> "task." + kind.word() + "." + replica.name() + ".#")
            .toList();
    this.queue = broker.reader(QueueSource.ofEvents("api." + replica.name(), keys), PREFETCH);
    this.replies = replies;
  }

  @Override
  public void start() {
    running = true;
    var fresh = new Thread(this::listen, "replies");
    thread = fresh;
    fresh.start();
  }

  private void listen() {
    try (queue) {
      while (running) {
        try {
          receiveNext();
        } catch (RuntimeException | Error e) {
          log.error("the replies could not be read; they are read again", e);
          queue.pause();
          Thread.sleep(POLL.toMillis());
        }
      }
    } catch (InterruptedException e) {
      log.debug("shutting down");
    }
  }

  private void receiveNext() throws InterruptedException {
    var delivery = queue.next(POLL);
    if (delivery != null) {
      receive(delivery.message());
      queue.acknowledgeUpTo(delivery);
    }
  }

  /** Anybody may send to it; the thread must live on. */
  private void receive(WireMessage message) {
    try {
      TaskEvent.from(message, Instant.now()).ifPresent(replies::received);
    } catch (RuntimeException e) {
      log.debug("no reply", e);
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
