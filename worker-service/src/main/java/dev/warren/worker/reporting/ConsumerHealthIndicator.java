package dev.warren.worker.reporting;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerTerminatedEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** Component {@code consumer} of the readiness: UP while the broker may deliver tasks here. */
@Component
class ConsumerHealthIndicator implements HealthIndicator {

  private static final Logger log = LoggerFactory.getLogger(ConsumerHealthIndicator.class);

  private volatile Health health = down("waits for the broker or the queue");

  @EventListener(ConsumeOkEvent.class)
  void consuming() {
    change(Health.up().build());
  }

  @EventListener
  void failed(ListenerContainerConsumerFailedEvent event) {
    var failure = event.getThrowable();
    change(
        down(
            failure == null
                ? String.valueOf(event.getReason())
                : String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage())));
  }

  @EventListener(ListenerContainerConsumerTerminatedEvent.class)
  void terminated() {
    change(down("stopped"));
  }

  @Override
  public Health health() {
    return health;
  }

  private synchronized void change(Health now) {
    if (!now.equals(health)) {
      health = now;
      log.info("consumer {} {}", now.getStatus(), now.getDetails().getOrDefault("reason", ""));
    }
  }

  private static Health down(String reason) {
    return Health.down().withDetail("reason", reason).build();
  }
}
