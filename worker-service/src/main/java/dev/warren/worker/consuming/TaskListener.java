package dev.warren.worker.consuming;

import com.rabbitmq.client.Channel;
import dev.warren.contract.Execution;
import dev.warren.contract.TaskTopology;
import dev.warren.worker.publishing.DeadLetters;
import dev.warren.worker.publishing.TaskEvents;
import dev.warren.worker.reporting.LogText;
import dev.warren.worker.reporting.TaskMetrics;
import dev.warren.worker.reporting.TasksInHand;
import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Receives one task at a time and settles it exactly once: acknowledged when its outcome is
 * published or it is buried, given back when this worker cannot end it. Nothing escapes into the
 * container, where an unsettled delivery would stop the consumer for good.
 */
class TaskListener implements ChannelAwareMessageListener {

  private static final Logger log = LoggerFactory.getLogger(TaskListener.class);

  private final String worker;
  private final TaskExecution execution;
  private final TaskEvents events;
  private final DeadLetters deadLetters;
  private final TaskReport report;
  private final TaskMetrics metrics;
  private final TasksInHand inHand;
  private final Clock clock;
  private volatile boolean stopping;

  TaskListener(
      String worker,
      TaskExecution execution,
      TaskEvents events,
      DeadLetters deadLetters,
      TaskReport report,
      TaskMetrics metrics,
      TasksInHand inHand,
      Clock clock) {
    this.worker = worker;
    this.execution = execution;
    this.events = events;
    this.deadLetters = deadLetters;
    this.report = report;
    this.metrics = metrics;
    this.inHand = inHand;
    this.clock = clock;
  }

  @Override
  public void onMessage(Message message, @Nullable Channel channel) {
    receive(message, Objects.requireNonNull(channel));
  }

  private void receive(Message message, Channel channel) {
    var finished = false;
    var properties = message.getMessageProperties();
    metrics.received(Boolean.TRUE.equals(properties.isRedelivered()));
    var holding =
        inHand.add(
            properties.getMessageId(),
            properties.getType(),
            TaskTopology.keyOf(Objects.requireNonNullElse(properties.getConsumerQueue(), "")),
            Execution.in(properties.getHeaders()),
            TaskDelivery.numberOf(message));
    try {
      finished = finish(message, () -> !stopping && channel.isOpen());
    } catch (InterruptedException e) {
      log.info("{} stops before a task in hand is done", worker);
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

  /** Whether the broker knows what became of the task; else it is to be given back. */
  private boolean finish(Message message, BooleanSupplier held) throws InterruptedException {
    try {
      var outcome = execution.outcomeOf(TaskDelivery.of(message, clock.instant()));
      var published = events.publish(outcome, held);
      if (!published && !stopping) {
        events.publishBelated(outcome);
      }
      return published;
    } catch (Unprocessable e) {
      return bury(message, e, held);
    }
  }

  private boolean bury(Message message, Unprocessable task, BooleanSupplier held)
      throws InterruptedException {
    if (!deadLetters.bury(message, task.reason(), task.detail(), held)) {
      return false;
    }
    report.buried(message.getMessageProperties(), task.reason(), task.detail());
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
