package dev.warren.sender.workers;

import dev.warren.sender.calls.Replica;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.publishing.TaskPublisher;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WorkersConfiguration {

  @Bean
  Workers workers(WorkersProperties properties) {
    return new Workers(properties, System::nanoTime, Clock.systemUTC());
  }

  /** What blocks this publisher, or keeps the broker from answering it, silences workers too. */
  @Bean
  PresenceListener presenceListener(
      BrokerReads broker, Replica replica, TaskPublisher publisher, Workers workers) {
    return new PresenceListener(broker, replica.name(), publisher::isHeard, workers);
  }
}
