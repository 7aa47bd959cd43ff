package dev.warren.worker.publishing;

import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.WireMessage;
import dev.warren.worker.reporting.LogText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/** Publishes what happened to tasks. */
public final class TaskEvents implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TaskEvents.class);

  /** While the broker takes nothing, so many wait; what comes then is not told. */
  private static final int MAX_WAITING = 1000;

  /** A broker that was killed is back by then, and who is not has the task done again. */
  private static final Duration BELATED = Duration.ofSeconds(60);

  private final String worker;
  private final ConfirmedPublisher publisher;
  private final RabbitOperations rabbit;
  private final ExecutorService teller =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          work -> daemon(work, "teller"),
          new DiscardPolicy());
  private final ExecutorService belated =
      Executors.newCachedThreadPool(work -> daemon(work, "belated"));
  private volatile boolean closed;

  public TaskEvents(String worker, ConfirmedPublisher publisher, RabbitOperations rabbit) {
    this.worker = worker;
    this.publisher = publisher;
    this.rabbit = rabbit;
  }

  /**
   * Publishes an outcome; whether the broker has it. What no frame can take is never sent: its
   * delivery is given back, up to the broker's limit.
   */
  public boolean publish(TaskEvent outcome, BooleanSupplier wanted) throws InterruptedException {
    var wire = outcome.toWire();
    var message = messageOf(wire, outcome).orElse(null);
    if (message == null) {
      report(outcome, "cannot publish, since it does not fit into a frame,");
      return false;
    }
    return publisher.publish("an outcome", wire.exchange(), wire.routingKey(), message, wanted);
  }

  /**
   * Publishes the outcome of a delivery that the broker has taken back meanwhile, for a minute at
   * most: it is true all the same, and may spare the task another execution.
   */
  public void publishBelated(TaskEvent outcome) {
    var start = System.nanoTime();
    belated.execute(
        () -> {
          try {
            var published =
                publish(outcome, () -> !closed && System.nanoTime() - start < BELATED.toNanos());
            report(outcome, published ? "published belatedly" : "gave up to publish");
          } catch (InterruptedException e) {
            report(outcome, "stops before it could publish");
          }
        });
  }

  private void report(TaskEvent outcome, String what) {
    log.warn(
        "{} {} that {} {}", worker, what, LogText.of(outcome.task().id()), outcome.kind().word());
  }

  /** Publishes what may be lost; neither waits nor fails. */
  public void tell(TaskEvent event) {
    teller.execute(
        () -> {
          try {
            var wire = event.toWire();
            messageOf(wire, event)
                .ifPresentOrElse(
                    message ->
                        rabbit.send(
                            wire.exchange(), wire.routingKey(), message, new CorrelationData()),
                    () -> log.debug("{} is not told: no frame takes it", event.kind()));
          } catch (RuntimeException e) {
            log.debug("{} is not told", event.kind(), e);
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    teller.shutdownNow();
    belated.shutdownNow();
  }

  private static Thread daemon(Runnable work, String name) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * What does not fit is told without what a foreign client has put there; empty where that does
   * not fit either.
   */
  private static Optional<Message> messageOf(WireMessage wire, TaskEvent event) {
    return fitting(wire).or(() -> fitting(bare(event).toWire()));
  }

  private static Optional<Message> fitting(WireMessage wire) {
    return Optional.of(WireMessages.of(wire))
        .filter(message -> ConfirmedPublisher.fits(message.getMessageProperties()));
  }

  private static TaskEvent bare(TaskEvent event) {
    var task = event.task();
    var bareTask =
        new TaskMessage(
            task.id(),
            task.type(),
            task.queue(),
            task.createdAt(),
            task.execution(),
            task.options().withoutLabels(),
            new ReplyAddress(task.reply().caller(), null, null),
            task.payload(),
            task.origin());
    return new TaskEvent(
        event.kind(),
        bareTask,
        event.delivery(),
        event.worker(),
        event.startedAt(),
        event.endedAt(),
        event.failure(),
        event.progress(),
        event.body());
  }
}
