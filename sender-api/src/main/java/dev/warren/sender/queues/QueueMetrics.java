package dev.warren.sender.queues;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueCounts;
import dev.warren.sender.control.QueuePauses;
import dev.warren.sender.ledger.database.LedgerDatabase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** How each queue was when it was last looked at, so that no reader of it has to wait. */
final class QueueMetrics {

  private static final Logger log = LoggerFactory.getLogger(QueueMetrics.class);

  private final List<String> queues;
  private final BrokerReads broker;
  private final QueuePauses pauses;
  private final LedgerDatabase database;
  private volatile Map<String, QueueCounts> counts = Map.of();
  private volatile @Nullable Set<String> paused;

  /**
   * @param queues keys of the queues of tasks
   */
  QueueMetrics(
      Collection<String> queues,
      BrokerReads broker,
      QueuePauses pauses,
      LedgerDatabase database,
      MeterRegistry meters) {
    this.queues = List.copyOf(queues);
    this.broker = broker;
    this.pauses = pauses;
    this.database = database;
    for (var queue : this.queues) {
      gauge("depth", queue, "Tasks that wait in this queue for a worker", this::depth, meters);
      gauge(
          "consumers", queue, "Consumers of this queue: slots of workers", this::consumers, meters);
      gauge("paused", queue, "1 while no worker is to take from this queue", this::paused, meters);
    }
  }

  private static void gauge(
      String name,
      String queue,
      String description,
      ToDoubleFunction<String> value,
      MeterRegistry meters) {
    Gauge.builder("warren.queue." + name, () -> value.applyAsDouble(queue))
        .description(description + "; NaN while that is not known")
        .tag("queue", queue)
        .register(meters);
  }

  /** What cannot be asked leaves nothing of what was known before. */
  void look() {
    counts = lookAtBroker();
    paused = lookAtLedger();
  }

  private Map<String, QueueCounts> lookAtBroker() {
    var seen = new HashMap<String, QueueCounts>();
    try {
      for (var queue : queues) {
        broker.look(TaskTopology.queueOf(queue)).ifPresent(each -> seen.put(queue, each));
      }
      return seen;
    } catch (IOException | RuntimeException e) {
      log.debug("the broker cannot be asked", e);
      return Map.of();
    }
  }

  private @Nullable Set<String> lookAtLedger() {
    try {
      return database.isUsable() ? pauses.paused() : null;
    } catch (DataAccessException e) {
      log.debug("the ledger cannot be asked", e);
      return null;
    }
  }

  private double depth(String queue) {
    var seen = counts.get(queue);
    return seen == null ? Double.NaN : seen.ready();
  }

  private double consumers(String queue) {
    var seen = counts.get(queue);
    return seen == null ? Double.NaN : seen.consumers();
  }

  private double paused(String queue) {
    var known = paused;
    if (known == null) {
      return Double.NaN;
    }
    return known.contains(queue) ? 1 : 0;
  }
}
