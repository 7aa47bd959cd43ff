package dev.warren.sender.control;

import dev.warren.contract.ControlMessage;
import dev.warren.sender.consuming.Delivery;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.consuming.QueueReader;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells all workers what was cancelled and paused: at once, to each that has started, and again
 * every few seconds, so that a message that was lost is made good. Nobody waits for it: what the
 * ledger says stands, whoever has heard of it.
 */
public final class Downlink implements QueueLoop.Turn {

  private static final Logger log = LoggerFactory.getLogger(Downlink.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration REPEAT = Duration.ofSeconds(5);

  /** Workers that start together get one answer. */
  private static final Duration GATHER = Duration.ofMillis(20);

  private static final int IDS_A_MESSAGE = 1000;

  /** Unroutable where no worker is up; who starts will ask. */
  private static final Set<PublishOutcome> HEARD =
      Set.of(PublishOutcome.CONFIRMED, PublishOutcome.UNROUTABLE);

  private final TaskPublisher publisher;
  private final LedgerDatabase database;
  private final QueuePauses pauses;
  private final Cancelled cancelled;

  /** Whether workers are to be told all again: this replica has started, or was not heard. */
  private volatile boolean owing = true;

  /** Confined to the thread. */
  private long repeatAt = System.nanoTime();

  /** Finds what workers must know that were not there when it was told. */
  interface Cancelled {
    List<String> newest(int atMost);
  }

  Downlink(
      TaskPublisher publisher, LedgerDatabase database, QueuePauses pauses, Cancelled cancelled) {
    this.publisher = publisher;
    this.database = database;
    this.pauses = pauses;
    this.cancelled = cancelled;
  }

  /** These are cancelled; returns at once. */
  void cancelled(Collection<String> ids) {
    var all = List.copyOf(ids);
    for (var from = 0; from < all.size(); from += IDS_A_MESSAGE) {
      var to = Math.min(all.size(), from + IDS_A_MESSAGE);
      publish(ControlMessage.cancel(all.subList(from, to)));
    }
  }

  /** What is paused has changed, and is committed; asks the database. */
  public void queuesChanged() {
    var standing = pauses.standing();
    publish(ControlMessage.queues(standing.paused(), standing.asOf()));
  }

  private void publish(ControlMessage message) {
    publisher
        .publish(message.toWire())
        .thenAccept(
            outcome -> {
              if (!HEARD.contains(outcome)) {
                log.debug("workers were not told: {}", outcome);
                owing = true;
              }
            });
  }

  @Override
  public void take(QueueReader requests) throws InterruptedException {
    try {
      tellWhoAsks(requests);
    } catch (RuntimeException e) { // the database may be away
      log.debug("workers could not be told", e);
      owing = true;
      Thread.sleep(POLL.toMillis());
    }
  }

  private void tellWhoAsks(QueueReader requests) throws InterruptedException {
    var asked = isAsked(requests);
    if (!database.isUsable() || publisher.obstacle() != null) {
      owing |= asked;
    } else if (asked || owing) {
      owing = false;
      tellAll();
    } else if (repeatAt - System.nanoTime() <= 0) {
      queuesChanged();
      repeatLater();
    }
  }

  private boolean isAsked(QueueReader requests) throws InterruptedException {
    Delivery last = null;
    var next = requests.next(POLL);
    while (next != null) {
      last = next;
      next = requests.nextOfSame(GATHER);
    }
    if (last != null) {
      requests.acknowledgeUpTo(last);
    }
    return last != null;
  }

  private void tellAll() {
    var standing = pauses.standing();
    var ids = cancelled.newest(ControlMessage.MAX_CANCELLED);
    publish(ControlMessage.snapshot(ids, standing.paused(), standing.asOf()));
    repeatLater();
  }

  private void repeatLater() {
    repeatAt = System.nanoTime() + REPEAT.toNanos();
  }
}
