package dev.warren.sender.replies;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.WireMessage;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.consuming.QueueReader;
import dev.warren.sender.consuming.QueueSource;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of the end of each task that was sent for a caller of this replica, by a queue of its own.
 * What ends while that queue is away does not come: see {@link Replies#mayBeMissing}.
 */
final class ReplyListener implements QueueLoop.Turn {

  private static final Logger log = LoggerFactory.getLogger(ReplyListener.class);

  private static final Duration POLL = Duration.ofSeconds(1);

  private final Replies replies;

  ReplyListener(Replies replies) {
    this.replies = replies;
  }

  /** The ends of what was sent for a caller of this replica. */
  static QueueSource sourceFor(Replica replica) {
    var keys =
        Stream.of(Kind.SUCCEEDED, Kind.DEAD, Kind.CANCELLED, Kind.EXPIRED)
            .map(kind -> "task." + kind.word() + "." + replica.name() + ".#")
            .toList();
    return QueueSource.ofEvents("api." + replica.name(), keys);
  }

  @Override
  public void take(QueueReader queue) throws InterruptedException {
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
}
