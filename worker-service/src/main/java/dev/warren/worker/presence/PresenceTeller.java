package dev.warren.worker.presence;

import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Kind;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionBlockedEvent;
import org.springframework.amqp.rabbit.connection.ConnectionUnblockedEvent;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Says at the start, and then again and again, that this worker is there, and at its end that it is
 * not. What cannot be said is left unsaid: no task waits for it. It has a connection of its own:
 * under an alarm the broker blocks one as soon as it publishes, and then opens no channel on it for
 * an outcome.
 */
final class PresenceTeller implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(PresenceTeller.class);

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** While nobody has declared the exchange, that is how soon it is looked for again. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  private final Presence presence;
  private final CachingConnectionFactory connection;
  private final RabbitTemplate rabbit;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(PresenceTeller::daemon);
  private volatile @Nullable Connection blocked;
  private volatile boolean running;

  /** Confined to the thread. */
  private boolean heard;

  PresenceTeller(Presence presence, CachingConnectionFactory connection) {
    this.presence = presence;
    this.connection = connection;
    this.rabbit = new RabbitTemplate(connection);
  }

  private static Thread daemon(Runnable work) {
    var thread = new Thread(work, "presence");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void start() {
    running = true;
    thread.execute(this::tellAgain);
  }

  private void tellAgain() {
    if (running) {
      tell(Kind.ALIVE);
      var pause = heard ? INTERVAL : LOOK;
      thread.schedule(this::tellAgain, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void tell(Kind kind) {
    try {
      if (!isBlocked()) {
        lookForExchange();
        publish(presence.now(), kind);
      }
    } catch (Throwable e) { // also an Error: nothing would be said any more
      log.debug("nobody hears that this worker is {}", kind, e);
    }
  }

  /** Under an alarm the broker reads nothing: all that was said would be heard behind it. */
  private boolean isBlocked() {
    var current = blocked;
    return current != null && current.isOpen();
  }

  /** To publish to an exchange that is not there costs the channel and a line in the log. */
  private void lookForExchange() {
    if (!heard) {
      rabbit.execute(channel -> channel.exchangeDeclarePassive(TaskTopology.EVENTS_EXCHANGE));
      heard = true;
    }
  }

  private void publish(WorkerPresence what, Kind kind) {
    var properties = new MessageProperties();
    properties.setContentType(WireMessage.CONTENT_TYPE);
    properties.setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT);
    rabbit.send(
        TaskTopology.EVENTS_EXCHANGE,
        what.routingKey(kind),
        new Message(what.toJson(), properties),
        new CorrelationData()); // a return without one is a warning in the log
  }

  @EventListener
  void blocked(ConnectionBlockedEvent event) {
    blocked = event.getConnection();
  }

  @EventListener
  void unblocked(ConnectionUnblockedEvent event) {
    blocked = null;
  }

  @Override
  public void stop() {
    running = false;
    try {
      var said = thread.submit(() -> tell(Kind.STOPPED));
      said.get(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("ends without a word", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdownNow();
    connection.destroy();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Below the containers': until they have stopped, there is work in hand to tell of. */
  @Override
  public int getPhase() {
    return 0;
  }
}
