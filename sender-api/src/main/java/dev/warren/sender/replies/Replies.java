package dev.warren.sender.replies;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.following.Tasks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Brings each task's outcome to the caller who waits for it here; a waiting one holds no thread.
 */
public final class Replies {

  /** A caller by HTTP that hangs up is not noticed, and waited for until his time is over. */
  private static final int MAX_WAITING = 5000;

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run);

  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

  private final Counter dropped;
  private volatile boolean closing;

  /**
   * @param asked whether the ledger is to tell as well
   */
  private record Waiting(
      TaskMessage task, CompletableFuture<Optional<TaskView>> end, AtomicBoolean asked) {

    Waiting(TaskMessage task, CompletableFuture<Optional<TaskView>> end) {
      this(task, end, new AtomicBoolean());
    }
  }

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
   * The task as it ended, empty when the time is over first; to be asked for before the task is
   * published. Where too many wait already, or someone for the same task, it is not waited for at
   * all.
   */
  public CompletableFuture<Optional<TaskView>> expect(TaskMessage task, Duration atMost) {
    if (waiting.size() >= MAX_WAITING) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    var end = new CompletableFuture<Optional<TaskView>>();
    if (waiting.putIfAbsent(task.id(), new Waiting(task, end)) != null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    end.whenComplete((view, failure) -> waiting.remove(task.id()));
    if (closing) {
      end.complete(Optional.empty());
    }
    return end.completeOnTimeout(Optional.empty(), atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Who waits for this task has gone: his time is over now. */
  public void hangUp(String taskId) {
    var found = waiting.get(taskId);
    if (found != null) {
      found.end.complete(Optional.empty());
    }
  }

  /** Lets all go who wait, so that the end of the application need not wait for them. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
    List.copyOf(waiting.values()).forEach(each -> each.end.complete(Optional.empty()));
  }

  void received(TaskEvent event) {
    var found = waiting.get(event.task().id());
    if (found == null || !found.end.complete(Optional.of(TaskView.ended(found.task, event)))) {
      dropped.increment();
    }
  }

  /**
   * What was said until now may not have come: whoever waits is told by the ledger as well, which
   * may hear of it later still.
   */
  void mayBeMissing(Tasks ledger) {
    waiting.forEach(
        (id, each) -> {
          if (each.asked.compareAndSet(false, true)) {
            alsoFrom(ledger, id, each.end);
          }
        });
  }

  private static void alsoFrom(Tasks ledger, String id, CompletableFuture<Optional<TaskView>> end) {
    var known = ledger.ended(id);
    end.whenComplete((view, failure) -> known.cancel(false));
    known
        .thenCompose(nothing -> ledger.find(id))
        .whenComplete(
            (view, failure) -> {
              if (failure == null && view.state().isTerminal()) {
                end.complete(Optional.of(view));
              } else if (!end.isDone()) { // too many ask at once, or the database is away
                LATER.execute(() -> alsoFrom(ledger, id, end));
              }
            });
  }
}
