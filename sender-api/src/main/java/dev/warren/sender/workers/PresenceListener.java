package dev.warren.sender.workers;

import dev.warren.contract.WireMessage;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Kind;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.consuming.QueueReader;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what workers say of themselves, by a queue of this replica's own. */
final class PresenceListener implements QueueLoop.Turn {

  private static final Logger log = LoggerFactory.getLogger(PresenceListener.class);

  private static final Duration POLL = Duration.ofSeconds(1);

  private final BooleanSupplier brokerListens;
  private final Workers workers;

  /**
   * @param brokerListens whether the broker takes what workers publish
   */
  PresenceListener(BooleanSupplier brokerListens, Workers workers) {
    this.brokerListens = brokerListens;
    this.workers = workers;
  }

  @Override
  public void take(QueueReader queue) throws InterruptedException {
    var delivery = queue.next(POLL);
    if (delivery != null) {
      receive(delivery.message());
      queue.acknowledgeUpTo(delivery);
    }
    workers.listen(queue.isOpen() && brokerListens.getAsBoolean());
  }

  /** Anybody may send to it. */
  private void receive(WireMessage message) {
    var kind = Kind.of(message.routingKey()).orElse(null);
    var said = WorkerPresence.from(message.body()).orElse(null);
    if (kind == null || said == null) {
      log.debug("no presence of a worker: {}", message.routingKey());
    } else if (kind == Kind.ALIVE) {
      workers.alive(said);
    } else {
      workers.stopped(said);
    }
  }
}
