package dev.warren.sender.ledger.intake;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueCounts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** How far the ledger is behind, looked at often enough that no reader of it has to wait. */
final class LedgerMetrics implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(LedgerMetrics.class);

  private static final long LOOK_SECONDS = 2;

  private final BrokerReads broker;
  private final Counter applied;
  private final Counter unreadable;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "ledger-depth"));
  private volatile double depth = Double.NaN;
  private volatile @Nullable Instant newest;
  private volatile boolean running;

  LedgerMetrics(BrokerReads broker, MeterRegistry meters) {
    this.broker = broker;
    this.applied =
        Counter.builder("warren.ledger.applied")
            .description("Messages that this replica has written into the ledger")
            .register(meters);
    this.unreadable =
        Counter.builder("warren.ledger.unreadable")
            .description("Messages that nobody could make sense of; they are gone")
            .register(meters);
    Gauge.builder("warren.ledger.depth", this, LedgerMetrics::depth)
        .description("Messages that wait for the ledger; NaN while the broker cannot be asked")
        .register(meters);
    Gauge.builder("warren.ledger.age", this, LedgerMetrics::ageSeconds)
        .description("How old what this replica last read is by now, while more waits")
        .baseUnit("seconds")
        .register(meters);
  }

  /** Nothing comes: what waits is read by another replica, of which nothing is known here. */
  void idle() {
    newest = null;
  }

  /**
   * @param newestOfThem when the newest of what is to be written happened; null where none tells
   */
  void read(@Nullable Instant newestOfThem) {
    if (newestOfThem != null) {
      newest = newestOfThem;
    }
  }

  void applied(int messages) {
    applied.increment(messages);
  }

  void unreadable() {
    unreadable.increment();
  }

  double depth() {
    return depth;
  }

  double ageSeconds() {
    var time = newest;
    return time == null || !(depth > 0)
        ? 0
        : Math.max(0, Duration.between(time, Instant.now()).toMillis() / 1000.0);
  }

  private void look() {
    try {
      depth = broker.look(TaskTopology.LEDGER_QUEUE).map(QueueCounts::ready).orElse(0L);
    } catch (Throwable e) { // also an Error: it would not be looked at again
      log.debug("the broker cannot be asked", e);
      depth = Double.NaN;
    }
  }

  @Override
  public void start() {
    running = true;
    thread.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void stop() {
    running = false;
    thread.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 10;
  }
}
