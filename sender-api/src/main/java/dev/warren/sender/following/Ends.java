package dev.warren.sender.following;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells who waits for it that a task has ended: one query for all of them every 100 ms while there
 * is anyone, and no thread a waiting one.
 */
@Component
final class Ends implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Ends.class);

  private static final long LOOK_MILLIS = 100;
  private static final int IDS_A_QUERY = 500;

  private final TaskQueries queries;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "ledger-ends"));
  private final Map<String, Set<CompletableFuture<Void>>> waiting = new HashMap<>();
  private boolean looking;
  private volatile boolean closing;

  Ends(TaskQueries queries) {
    this.queries = queries;
  }

  /** Done when the task has ended; to be completed by who waits no longer. */
  synchronized CompletableFuture<Void> await(String id) {
    var end = new CompletableFuture<Void>();
    waiting.computeIfAbsent(id, none -> new HashSet<>()).add(end);
    end.whenComplete((nothing, failure) -> forget(id, end));
    if (closing) {
      end.complete(null);
    }
    lookSoon();
    return end;
  }

  private synchronized void forget(String id, CompletableFuture<Void> end) {
    waiting.computeIfPresent(
        id,
        (same, ends) -> {
          ends.remove(end);
          return ends.isEmpty() ? null : ends;
        });
  }

  private synchronized void lookSoon() {
    if (!looking && !waiting.isEmpty()) {
      try {
        thread.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        looking = true;
      } catch (RejectedExecutionException e) {
        log.debug("shutting down");
      }
    }
  }

  private void look() {
    try {
      var ids = ids();
      for (var from = 0; from < ids.size(); from += IDS_A_QUERY) {
        lookAt(ids.subList(from, Math.min(ids.size(), from + IDS_A_QUERY)));
      }
    } catch (RuntimeException e) {
      log.debug("the database cannot be asked", e); // whoever waits is told when the time is over
    } finally {
      again();
    }
  }

  private synchronized void again() {
    looking = false;
    lookSoon();
  }

  /** One that is not there has yet to be heard of. */
  private void lookAt(List<String> ids) {
    queries
        .statesOf(ids)
        .forEach(
            (id, state) -> {
              if (state.isTerminal()) {
                waitingFor(id).forEach(end -> end.complete(null));
              }
            });
  }

  private synchronized List<String> ids() {
    return List.copyOf(waiting.keySet());
  }

  private synchronized List<CompletableFuture<Void>> waitingFor(String id) {
    return List.copyOf(waiting.getOrDefault(id, Set.of()));
  }

  /** Lets all go who wait, so that the end of the application need not wait for them. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
    ids().forEach(id -> waitingFor(id).forEach(end -> end.complete(null)));
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
