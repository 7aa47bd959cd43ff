package dev.warren.sender.replies;

import dev.warren.contract.TaskEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Brings each task's outcome to the caller who waits for it here; a waiting one holds no thread.
 */
public final class Replies {

  /** A caller by HTTP that hangs up is not noticed, and waited for until his time is over. */
  private static final int MAX_WAITING = 5000;

  private final Map<String, CompletableFuture<Optional<TaskEvent>>> waiting =
      new ConcurrentHashMap<>();

  private final Counter dropped;
  private volatile boolean closing;

  Replies(MeterRegistry meters) {
    dropped =
        Counter.builder("warren.replies.dropped")
            .description("Outcomes that nobody waited for any more")
            .register(meters);
    Gauge.builder("warren.replies.awaited", waiting, Map::size)
        .description("Callers that wait for an outcome")
        .register(meters);
  }

  /**
   * The outcome of a task, empty when the time is over first; to be asked for before the task is
   * published. Where too many wait already, or someone for the same task, it is not waited for at
   * all.
   */
  public CompletableFuture<Optional<TaskEvent>> expect(String taskId, Duration atMost) {
    if (waiting.size() >= MAX_WAITING) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    var reply = new CompletableFuture<Optional<TaskEvent>>();
    if (waiting.putIfAbsent(taskId, reply) != null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    reply.whenComplete((event, failure) -> waiting.remove(taskId, reply));
    if (closing) {
      reply.complete(Optional.empty());
    }
    return reply.completeOnTimeout(Optional.empty(), atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Who waits for this task has gone: his time is over now. */
  public void hangUp(String taskId) {
    var reply = waiting.get(taskId);
    if (reply != null) {
      reply.complete(Optional.empty());
    }
  }

  /** Lets all go who wait, so that the end of the application need not wait for them. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
    List.copyOf(waiting.values()).forEach(reply -> reply.complete(Optional.empty()));
  }

  void received(TaskEvent event) {
    var reply = waiting.get(event.task().id());
    if (reply == null || !reply.complete(Optional.of(event))) {
      dropped.increment();
    }
  }
}
