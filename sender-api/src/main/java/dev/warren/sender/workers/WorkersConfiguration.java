package dev.warren.sender.workers;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.consuming.QueueSource;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.replies.Replica;
import dev.warren.sender.workers.WorkerView.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WorkersConfiguration {

  private static final int PREFETCH = 200;

  @Bean
  Workers workers(WorkersProperties properties, MeterRegistry meters) {
    var workers = new Workers(properties, System::nanoTime, Clock.systemUTC());
    for (var state : State.values()) {
      Gauge.builder("warren.workers", workers, known -> known.count(state))
          .description("Workers that this replica knows of, as GET /v1/workers shows them")
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
    return workers;
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
