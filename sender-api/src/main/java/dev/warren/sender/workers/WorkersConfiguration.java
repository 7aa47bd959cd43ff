package dev.warren.sender.workers;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.consuming.QueueSource;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.replies.Replica;
import java.time.Clock;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WorkersConfiguration {

  private static final int PREFETCH = 200;

  @Bean
  Workers workers(WorkersProperties properties) {
    return new Workers(properties, System::nanoTime, Clock.systemUTC());
  }

  /** What blocks this publisher, or keeps the broker from answering it, silences workers too. */
  @Bean
  QueueLoop presenceLoop(
      BrokerReads broker, Replica replica, TaskPublisher publisher, Workers workers) {
    var keys = List.of(TaskTopology.ALL_WORKER_EVENTS);
    var queue =
        broker.reader(QueueSource.ofEvents("api." + replica.name() + ".workers", keys), PREFETCH);
    return new QueueLoop("presence", queue, new PresenceListener(publisher::isHeard, workers));
  }
}
