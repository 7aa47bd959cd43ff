package dev.warren.sender.publishing;

import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that writes to the broker, tasks and what is to be said of them: persistent,
 * mandatory, confirmed.
 *
 * <p>Every publish ends with a {@link PublishOutcome} within the confirm timeout. What waits for
 * its confirm is bounded; beyond that, and while the broker takes nothing, a publish is refused at
 * once.
 */
public final class TaskPublisher {

  private static final Logger log = LoggerFactory.getLogger(TaskPublisher.class);

  private static final long SWEEP_MILLIS = 100;
  private static final int BUSY = 16;

  private final EventLoop loop;
  private final int maxInFlight;
  private final Duration stalledLimit;
  private final Timer confirmLatency;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicBoolean unroutable = new AtomicBoolean();

  /** Confined to the event loop. */
  private @Nullable ConfirmChannel channel;

  /** Why the link refuses all publishes; null where it does not. */
  private volatile @Nullable String linkObstacle = "not connected to the broker yet";

  /** As of the last sweep. */
  private volatile @Nullable String channelObstacle = "the broker has not answered yet";

  /** As of the last sweep. */
  private volatile @Nullable String alarm;

  /** As of the last sweep. */
  private volatile boolean stuck;

  TaskPublisher(EventLoop loop, PublishingProperties properties, MeterRegistry meters) {
    this.loop = loop;
    this.maxInFlight = properties.maxInFlight();
    this.stalledLimit = properties.stalledLimit();
    this.confirmLatency =
        Timer.builder("warren.publish.confirm")
            .description("From the publish to the broker's confirm")
            .publishPercentileHistogram()
            .register(meters);
    Gauge.builder("warren.publish.in.flight", inFlight, AtomicInteger::get)
        .description("Publishes that wait for their confirm")
        .register(meters);
    loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Publishes a message. The future never fails; what depends on it runs on the event loop and must
   * not block.
   */
  public CompletableFuture<PublishOutcome> publish(WireMessage message) {
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      return CompletableFuture.completedFuture(PublishOutcome.OVERLOADED);
    }
    var outcome = new CompletableFuture<PublishOutcome>();
    var start = System.nanoTime();
    var settled = outcome.whenComplete((result, failure) -> settled(message, result, start));
    try {
      loop.execute(() -> publishOnLoop(message, outcome));
    } catch (RejectedExecutionException e) {
      outcome.complete(PublishOutcome.UNAVAILABLE);
    }
    return settled;
  }

  /** Whether so much waits for its confirm that work which can wait had better do so. */
  public boolean isBusy() {
    return inFlight.get() >= BUSY;
  }

  /** Why no task can be published now; null where one can. */
  public @Nullable String obstacle() {
    var obstacle = linkObstacle;
    return obstacle != null ? obstacle : channelObstacle;
  }

  /** What the broker is short of, and so blocks all that publish; null where it does not. */
  public @Nullable String alarm() {
    return alarm;
  }

  /** Whether the broker takes and confirms what is published, be there a queue for tasks or not. */
  public boolean isHeard() {
    return channelObstacle == null;
  }

  /** Refuses all publishes for this reason, or with null no longer. */
  void refuse(@Nullable String reason) {
    linkObstacle = reason;
  }

  /** Takes this fresh channel into use. */
  void use(ConfirmChannel fresh) {
    loop.execute(
        () -> {
          channel = fresh;
          sweep();
        });
  }

  /** Gives up a channel that has ended, and what it had not confirmed. */
  void drop(ConfirmChannel ended) {
    loop.execute(
        () -> {
          ended.lost();
          if (channel == ended) {
            channel = null;
            stuck = false;
            alarm = null;
            channelObstacle = "the connection to the broker is lost";
          }
        });
  }

  /** Whether a task was unroutable since this was last asked. */
  boolean sawUnroutable() {
    return unroutable.getAndSet(false);
  }

  /** Whether confirms fail, or have for so long, that only a new connection can help. */
  boolean isStuck() {
    return stuck;
  }

  private void publishOnLoop(WireMessage message, CompletableFuture<PublishOutcome> outcome) {
    if (linkObstacle != null || channel == null) {
      outcome.complete(PublishOutcome.UNAVAILABLE);
    } else {
      channel.publish(message, outcome);
    }
  }

  private void settled(WireMessage message, PublishOutcome outcome, long start) {
    inFlight.decrementAndGet();
    switch (outcome) {
      case CONFIRMED -> confirmLatency.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      case UNROUTABLE -> {
        if (!message.exchange().equals(TaskTopology.CONTROL_EXCHANGE)) { // no worker is up
          unroutable.set(true);
        }
      }
      default -> {}
    }
  }

  /** Must not throw: it would not be called again, and nothing would time out any more. */
  private void sweep() {
    if (channel == null) {
      return;
    }
    try {
      channel.tend();
      channelObstacle = channel.obstacle();
      alarm = channel.alarm();
      stuck = channel.isMiscounted() || channel.isStalledFor(stalledLimit);
    } catch (Throwable e) {
      log.error("could not look after the channel", e);
    }
  }
}
