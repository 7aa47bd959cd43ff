package dev.warren.worker.reporting;

import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerTerminatedEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Component {@code consumer} of the readiness: UP while the broker may deliver tasks here. */
@Component
class ConsumerHealthIndicator implements HealthIndicator {

  private volatile Health health = down("waits for the broker or the queue");

  @EventListener(ConsumeOkEvent.class)
  void consuming() {
    health = Health.up().build();
  }

  @EventListener
  void failed(ListenerContainerConsumerFailedEvent event) {
    health = down(String.valueOf(event.getReason()));
  }

  @EventListener(ListenerContainerConsumerTerminatedEvent.class)
  void terminated() {
    health = down("stopped");
  }

  @Override
  public Health health() {
    return health;
  }

  private static Health down(String reason) {
    return Health.down().withDetail("reason", reason).build();
  }
}
