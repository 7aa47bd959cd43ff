package dev.warren.worker.reporting;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.event.AmqpEvent;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerTerminatedEvent;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/**
 * Component {@code consumer} of the readiness: UP while the broker may deliver from each queue that
 * is not paused.
 */
@Component
class ConsumerHealthIndicator implements HealthIndicator {

  private static final Logger log = LoggerFactory.getLogger(ConsumerHealthIndicator.class);

  private static final String CONSUMES = "";

  private final RabbitListenerEndpointRegistry containers;
  private final PausedQueues paused;
  private final Map<String, String> problems = new TreeMap<>();
  private Health logged = Health.unknown().build();

  ConsumerHealthIndicator(RabbitListenerEndpointRegistry containers, PausedQueues paused) {
    this.containers = containers;
    this.paused = paused;
  }

  @EventListener
  void consuming(ConsumeOkEvent event) {
    change(event.getQueue(), CONSUMES);
  }

  @EventListener
  void failed(ListenerContainerConsumerFailedEvent event) {
    change(queueOf(event), reason(event.getThrowable(), event.getReason()));
  }

  @EventListener
  void terminated(ListenerContainerConsumerTerminatedEvent event) {
    change(queueOf(event), "stopped");
  }

  @Override
  public synchronized Health health() {
    for (var id : containers.getListenerContainerIds()) {
      var problem = problems.getOrDefault(id, "waits for the broker or the queue");
      if (!problem.equals(CONSUMES) && !paused.contains(id)) {
        return Health.down().withDetail("queue", id).withDetail("reason", problem).build();
      }
    }
    return Health.up().build();
  }

  private synchronized void change(String queue, String problem) {
    problems.put(queue, problem);
    var now = health();
    if (!now.equals(logged)) {
      logged = now;
      log.info("consumer {} {}", now.getStatus(), now.getDetails().getOrDefault("reason", ""));
    }
  }

  private static String queueOf(AmqpEvent event) {
    return event.getSource() instanceof AbstractMessageListenerContainer container
        ? container.getQueueNames()[0]
        : "";
  }

  private static String reason(@Nullable Throwable failure, @Nullable String reason) {
    if (failure == null) {
      return String.valueOf(reason);
    }
    var cause = NestedExceptionUtils.getMostSpecificCause(failure);
    return Objects.requireNonNullElseGet(cause.getMessage(), cause::toString);
  }
}
