package dev.warren.worker.presence;

import dev.warren.contract.TaskTopology;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Slot;
import dev.warren.worker.reporting.TaskMetrics;
import dev.warren.worker.reporting.TasksInHand;
import dev.warren.worker.reporting.TasksInHand.Holding;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;

/** Gathers what this worker says of itself. */
final class Presence {

  private final String name;
  private final String instance = UUID.randomUUID().toString();
  private final @Nullable String version;
  private final Instant startedAt;
  private final RabbitListenerEndpointRegistry containers;
  private final int concurrency;
  private final TasksInHand inHand;
  private final TaskMetrics metrics;
  private final Clock clock;
  private @Nullable String host;

  /**
   * @param containers one for each queue, with its name as id
   */
  Presence(
      String name,
      @Nullable String version,
      RabbitListenerEndpointRegistry containers,
      int concurrency,
      TasksInHand inHand,
      TaskMetrics metrics,
      Clock clock) {
    this.name = name;
    this.version = version;
    this.startedAt = now(clock);
    this.containers = containers;
    this.concurrency = concurrency;
    this.inHand = inHand;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** For one thread: the host's name may take its time. */
  WorkerPresence now() {
    return new WorkerPresence(
        name,
        instance,
        host(),
        version,
        startedAt,
        queues(),
        concurrency,
        inHand.held().stream().limit(WorkerPresence.MAX_SLOTS).map(Presence::slot).toList(),
        metrics.totalDone(),
        metrics.totalFailed(),
        now(clock));
  }

  private List<String> queues() {
    return containers.getListenerContainerIds().stream().map(TaskTopology::keyOf).sorted().toList();
  }

  private static Slot slot(Holding held) {
    return new Slot(
        held.id(),
        held.type(),
        held.queue(),
        held.since().truncatedTo(ChronoUnit.MILLIS),
        held.execution().round(),
        held.execution().attempt(),
        held.execution().dispatch(),
        held.delivery());
  }

  private String host() {
    if (host == null) {
      try {
        host = InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        host = "unknown";
      }
    }
    return host;
  }

  private static Instant now(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
