package dev.warren.sender.publishing;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Component {@code publisher} of the readiness: DOWN with the reason while no task is taken. */
@Component
final class PublisherHealthIndicator implements HealthIndicator {

  private final TaskPublisher publisher;

  PublisherHealthIndicator(TaskPublisher publisher) {
    this.publisher = publisher;
  }

  @Override
  public Health health() {
    var obstacle = publisher.obstacle();
    return obstacle == null
        ? Health.up().build()
        : Health.down().withDetail("reason", obstacle).build();
  }
}
