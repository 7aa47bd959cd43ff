package dev.warren.worker.control;

import dev.warren.contract.ControlMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.worker.control.ControlQueue.NoExchange;
import dev.warren.worker.execution.Attempts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Hears what all workers are told. It asks for all there is to know whenever it has connected, and
 * no task is taken before the first answer, or before it was waited for long enough.
 */
final class ControlListener implements SmartLifecycle, DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(ControlListener.class);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration RETRY = Duration.ofMillis(300);
  private static final Duration RETRY_MISSING = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(500);

  /** An API that was not up says all by itself once it is; an answer that was lost is not. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** What is older was said before a clock was set back. */
  private static final Duration LATEST = Duration.ofMinutes(1);

  private final String worker;
  private final ConnectionFactory connections;
  private final RabbitOperations rabbit;
  private final Attempts attempts;
  private final QueueGates gates;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ready = new CountDownLatch(1);
  private volatile @Nullable Thread thread;
  private volatile boolean running;

  // Confined to the thread.
  private boolean answered;
  private long askAt;
  private Instant pausedAsOf = Instant.EPOCH;

  ControlListener(
      String worker,
      ConnectionFactory connections,
      RabbitOperations rabbit,
      Attempts attempts,
      QueueGates gates) {
    this.worker = worker;
    this.connections = connections;
    this.rabbit = rabbit;
    this.attempts = attempts;
    this.gates = gates;
  }

  @Override
  public void start() {
    running = true;
    thread = daemon(this::run, "control");
    daemon(this::openGates, "control-gates");
  }

  private static Thread daemon(Runnable work, String name) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void openGates() {
    try {
      asked.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!ready.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("nobody has said yet what is cancelled and paused; tasks are taken all the same");
      }
      gates.open();
    } catch (InterruptedException e) {
      log.debug("shutting down", e);
    }
  }

  private void run() {
    try {
      while (running) {
        try (var queue = ControlQueue.open(connections, worker)) {
          listen(queue);
        } catch (NoExchange e) {
          asked.countDown();
          ready.countDown(); // no API was ever here
          TimeUnit.NANOSECONDS.sleep(RETRY_MISSING.toNanos());
        } catch (IOException | RuntimeException | Error e) {
          log.debug("nothing is heard of the API", e);
        }
        TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
      }
    } catch (InterruptedException e) {
      log.debug("shutting down", e);
    }
  }

  private void listen(ControlQueue queue) throws InterruptedException {
    answered = false;
    askAt = System.nanoTime();
    while (running && queue.isOpen()) {
      if (!answered && askAt - System.nanoTime() <= 0) {
        ask();
      }
      var message = queue.next(POLL);
      if (message != null) {
        obey(message);
      }
    }
  }

  /** On the connection of the outcomes: an alarm would block that of the tasks. */
  private void ask() {
    askAt = System.nanoTime() + ASK_AGAIN.toNanos();
    try {
      rabbit.send(
          TaskTopology.EVENTS_EXCHANGE,
          TaskTopology.startedKeyOf(worker),
          new Message(new byte[0], new MessageProperties()),
          new CorrelationData());
    } catch (RuntimeException e) {
      log.debug("not asked", e);
    }
    asked.countDown();
  }

  private void obey(ControlMessage message) {
    attempts.cancel(message.cancelled());
    var asOf = message.asOf();
    var paused = message.paused();
    if (paused != null && asOf != null && isNews(asOf)) {
      pausedAsOf = asOf;
      gates.pause(namesOf(paused));
    }
    if (message.kind() == ControlMessage.Kind.SNAPSHOT) {
      answered = true;
      ready.countDown();
    }
  }

  private boolean isNews(Instant asOf) {
    return !asOf.isBefore(pausedAsOf) || asOf.isBefore(pausedAsOf.minus(LATEST));
  }

  private static Set<String> namesOf(Set<String> keys) {
    return keys.stream().map(TaskTopology::queueOf).collect(Collectors.toSet());
  }

  /**
   * Goes on: what is still in hand may be cancelled while it is waited for. Of the same phase as
   * the consumers, which it depends on: Spring counts each that it stops among those of one phase.
   */
  @Override
  public void stop() {}

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void destroy() {
    running = false;
    var current = thread;
    if (current != null) {
      current.interrupt();
    }
  }
}
