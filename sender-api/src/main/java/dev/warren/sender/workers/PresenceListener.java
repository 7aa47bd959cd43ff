package dev.warren.sender.workers;

import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Kind;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueReader;
import dev.warren.sender.consuming.QueueSource;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Hears what workers say of themselves, by a queue of this replica's own. */
final class PresenceListener implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(PresenceListener.class);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int PREFETCH = 200;

  private final QueueReader queue;
  private final BooleanSupplier brokerListens;
  private final Workers workers;
  private @Nullable Thread thread;
  private volatile boolean running;

  /**
   * @param brokerListens whether the broker takes what workers publish
   */
  PresenceListener(
      BrokerReads broker, String replica, BooleanSupplier brokerListens, Workers workers) {
    var source =
        QueueSource.ofEvents(
            "api." + replica + ".workers", List.of(TaskTopology.ALL_WORKER_EVENTS));
    this.queue = broker.reader(source, PREFETCH);
    this.brokerListens = brokerListens;
    this.workers = workers;
  }

  @Override
  public void start() {
    running = true;
    var fresh = new Thread(this::listen, "presence");
    thread = fresh;
    fresh.start();
  }

  private void listen() {
    try (queue) {
      while (running) {
        try {
          receiveNext();
        } catch (RuntimeException | Error e) {
          log.error("the workers could not be heard; they are listened to again", e);
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

  /** Above the connection's, so that it is stopped first. */
  @Override
  public int getPhase() {
    return 1;
  }
}
