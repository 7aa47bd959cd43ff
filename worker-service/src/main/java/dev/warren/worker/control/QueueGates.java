package dev.warren.worker.control;

import dev.warren.worker.reporting.PausedQueues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Starts and stops the consumers of each queue. Each has a thread: a stop lasts as long as the task
 * in hand, and a start as long as the broker lets it.
 */
final class QueueGates implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(QueueGates.class);

  /** Longer than any task may take: a pause gives back nothing. */
  private static final Duration LONGEST_TASK = Duration.ofMinutes(30);

  private static final long RETRY_MILLIS = 1000;

  private final RabbitListenerEndpointRegistry containers;
  private final PausedQueues paused;
  private final Duration drainTimeout;
  private final List<Gate> gates = new ArrayList<>();
  private volatile boolean open;
  private volatile boolean closing;
  private volatile boolean running;

  QueueGates(
      RabbitListenerEndpointRegistry containers, PausedQueues paused, Duration drainTimeout) {
    this.containers = containers;
    this.paused = paused;
    this.drainTimeout = drainTimeout;
  }

  /** Takes tasks from now on; does not wait for it. */
  synchronized void open() {
    if (!open) {
      open = true;
      for (var queue : containers.getListenerContainerIds()) {
        if (containers.getListenerContainer(queue)
            instanceof AbstractMessageListenerContainer container) {
          gates.add(new Gate(queue, container));
        }
      }
      gates.forEach(Gate::move);
    }
  }

  /**
   * Takes nothing from these, and from all others; does not wait for it.
   *
   * @param queues full names
   */
  synchronized void pause(Set<String> queues) {
    paused.set(queues);
    gates.forEach(Gate::move);
  }

  private final class Gate {

    private final String queue;
    private final AbstractMessageListenerContainer container;
    private final ExecutorService thread;

    Gate(String queue, AbstractMessageListenerContainer container) {
      this.queue = queue;
      this.container = container;
      this.thread =
          Executors.newSingleThreadExecutor(
              work -> {
                var fresh = new Thread(work, "gate-" + queue);
                fresh.setDaemon(true);
                return fresh;
              });
    }

    void move() {
      try {
        thread.execute(this::follow);
      } catch (RejectedExecutionException e) {
        log.debug("shutting down");
      }
    }

    /** As it is wanted by now, which may have changed since this was asked for. */
    private void follow() {
      var wanted = !paused.contains(queue);
      if (closing || wanted == container.isRunning()) {
        return;
      }
      try {
        if (wanted) {
          container.setShutdownTimeout(drainTimeout.toMillis());
          log.info("takes tasks from {}", queue);
          container.start();
        } else {
          container.setShutdownTimeout(LONGEST_TASK.toMillis());
          log.info("takes no more tasks from {}: it is paused", queue);
          container.stop();
        }
      } catch (RuntimeException e) {
        log.warn("could not {} {}: {}", wanted ? "start" : "stop", queue, e.toString());
        again();
      }
    }

    private void again() {
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        move();
      } catch (InterruptedException e) {
        log.debug("shutting down", e);
      }
    }
  }

  @EventListener(ContextClosedEvent.class)
  void closing() {
    closing = true;
  }

  @Override
  public void start() {
    running = true;
  }

  /** Beside the consumers that are not paused, and of the same phase. */
  @Override
  public void stop(Runnable callback) {
    var stopping =
        new Thread(
            () -> {
              stop();
              callback.run();
            },
            "gates-stop");
    stopping.start();
  }

  /** What is still in hand of a paused queue has the time that any task has. */
  @Override
  public void stop() {
    running = false;
    var until = System.nanoTime() + drainTimeout.toNanos();
    try {
      for (var gate : gates()) {
        gate.thread.shutdown();
        gate.thread.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        gate.thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Gate> gates() {
    return List.copyOf(gates);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
