package dev.warren.worker.consuming;

import com.rabbitmq.client.Channel;
import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskTopology;
import dev.warren.worker.reporting.LogText;
import dev.warren.worker.reporting.TaskMetrics;
import dev.warren.worker.reporting.TasksInHand;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Receives one task at a time and settles it exactly once: acknowledged when it is done or buried,
 * given back when this worker cannot end it. Nothing escapes into the container, where an unsettled
 * delivery would stop the consumer for good.
 */
class TaskListener {

  private static final Logger log = LoggerFactory.getLogger(TaskListener.class);

  private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

  private final String worker;
  private final TaskHandlers handlers;
  private final DeadLetters deadLetters;
  private final TaskMetrics metrics;
  private final TasksInHand inHand;
  private volatile boolean stopping;

  TaskListener(
      String worker,
      TaskHandlers handlers,
      DeadLetters deadLetters,
      TaskMetrics metrics,
      TasksInHand inHand) {
    this.worker = worker;
    this.handlers = handlers;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.inHand = inHand;
  }

  @RabbitListener(id = "tasks", queues = TaskTopology.DEFAULT_QUEUE)
  void receive(Message message, Channel channel) {
    var finished = false;
    var properties = message.getMessageProperties();
    metrics.received(Boolean.TRUE.equals(properties.isRedelivered()));
    var holding = inHand.add(properties.getMessageId(), properties.getType());
    try {
      finished = finish(message, channel);
    } catch (Throwable e) { // also an Error: the container would end this worker
      log.warn("{} could not finish a delivery: {}", worker, LogText.of(e));
    } finally {
      settle(message, channel, finished);
      inHand.remove(holding);
    }
  }

  @EventListener(ContextClosedEvent.class)
  void stopping() {
    stopping = true;
  }

  /** Whether the task has come to its end, done or buried; else it is to be given back. */
  private boolean finish(Message message, Channel channel) throws InterruptedException {
    try {
      work(TaskDelivery.of(message));
      return true;
    } catch (Unprocessable e) {
      return bury(message, channel, e.reason(), e.detail());
    } catch (Throwable e) { // also an Error: it fails this task, not this worker
      // What fails while the worker stops may fail for that reason: another worker will see.
      return !stopping && bury(message, channel, DeadReason.HANDLER_FAILED, LogText.of(e));
    }
  }

  private void work(TaskDelivery delivery) throws Exception {
    var task = delivery.task();
    var work = handlers.workOf(task);
    log.info(
        "{} received {} {} {} attempt={} redelivered={}",
        worker,
        LogText.of(task.id()),
        LogText.of(task.type()),
        LogText.quoted(work.description()),
        delivery.attempt(),
        delivery.redelivered());
    var start = System.nanoTime();
    try {
      work.run();
    } finally {
      if (!stopping) {
        Thread.interrupted(); // a handler's own leftover would end the consumer
      }
    }
    var took = Duration.ofNanos(System.nanoTime() - start);
    metrics.done(took);
    log.info("{} done {} in {}s", worker, LogText.of(task.id()), LogText.seconds(took));
  }

  /** Tries until the broker has it, or has taken the delivery back, or the worker must stop. */
  private boolean bury(Message message, Channel channel, DeadReason reason, String detail)
      throws InterruptedException {
    var backoff = Duration.ofMillis(100);
    BooleanSupplier held = () -> !stopping && channel.isOpen();
    while (!deadLetters.bury(message, reason, detail, held)) {
      if (!held.getAsBoolean()) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(backoff.toNanos());
      backoff =
          backoff.multipliedBy(2).compareTo(MAX_BACKOFF) < 0
              ? backoff.multipliedBy(2)
              : MAX_BACKOFF;
    }
    metrics.failed(reason);
    var properties = message.getMessageProperties();
    log.warn(
        "{} buried {} {} {}: {}",
        worker,
        LogText.of(Objects.requireNonNullElse(properties.getMessageId(), "-")),
        LogText.of(Objects.requireNonNullElse(properties.getType(), "-")),
        reason.code(),
        LogText.of(detail));
    return true;
  }

  private void settle(Message message, Channel channel, boolean finished) {
    var tag = message.getMessageProperties().getDeliveryTag();
    try {
      if (finished) {
        channel.basicAck(tag, false);
      } else {
        channel.basicReject(tag, true);
        log.info("{} gave back delivery {}", worker, tag);
      }
    } catch (IOException | RuntimeException e) {
      log.warn(
          "{} could not settle delivery {}; the broker has taken it back: {}",
          worker,
          tag,
          e.toString());
    }
  }
}
