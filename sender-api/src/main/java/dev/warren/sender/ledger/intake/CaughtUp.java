package dev.warren.sender.ledger.intake;

import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether the ledger, at whichever replica it is read, knows all that was accepted before: a marker
 * is sent through its queue and looked for in its database. Who asks within the same few
 * milliseconds shares one.
 */
@Component
public final class CaughtUp implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(CaughtUp.class);

  private static final long GATHER_MILLIS = 10;
  private static final long POLL_MILLIS = 20;

  /** Nobody waits longer. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final TaskPublisher publisher;
  private final JdbcClient database;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "ledger-caught-up"));
  private final Map<String, CompletableFuture<Boolean>> sent = new ConcurrentHashMap<>();
  private @Nullable CompletableFuture<Boolean> gathering;
  private boolean polling;

  CaughtUp(TaskPublisher publisher, JdbcClient database) {
    this.publisher = publisher;
    this.database = database;
  }

  /**
   * Asks.
   *
   * @param atMost 10 s at most
   * @return true once it has caught up; false where it has not in time, or cannot be asked
   */
  public CompletableFuture<Boolean> caughtUp(Duration atMost) {
    return next().copy().completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A marker that was sent before the question says nothing, so the next one is joined. */
  private synchronized CompletableFuture<Boolean> next() {
    if (gathering == null) {
      gathering = new CompletableFuture<>();
      thread.schedule(this::send, GATHER_MILLIS, TimeUnit.MILLISECONDS);
    }
    return gathering;
  }

  private synchronized @Nullable CompletableFuture<Boolean> gathered() {
    var all = gathering;
    gathering = null;
    return all;
  }

  private void send() {
    var marker = UUID.randomUUID().toString();
    var answer = gathered();
    if (answer == null) {
      return;
    }
    sent.put(marker, answer);
    answer
        .completeOnTimeout(false, LONGEST.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((caughtUp, failure) -> sent.remove(marker));
    publisher
        .publish(message(marker))
        .thenAccept(
            outcome -> {
              if (outcome != PublishOutcome.CONFIRMED) {
                answer.complete(false);
              }
            });
    poll();
  }

  /** With the lowest priority: a queue that honours it delivers the marker after all others. */
  private static WireMessage message(String marker) {
    return new WireMessage(
        TaskTopology.TASKS_EXCHANGE,
        TaskTopology.LEDGER_KEY,
        marker,
        null,
        null,
        0,
        null,
        null,
        Map.of(TaskHeaders.MARKER, marker),
        new byte[0]);
  }

  private void poll() {
    if (!polling && !sent.isEmpty()) {
      polling = true;
      thread.schedule(this::look, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    polling = false;
    var open = List.copyOf(sent.keySet());
    if (open.isEmpty()) {
      return;
    }
    try {
      for (var marker : seen(open)) {
        var answer = sent.get(marker);
        if (answer != null) {
          answer.complete(true);
        }
      }
    } catch (RuntimeException e) {
      log.debug("the database cannot be asked", e);
      List.copyOf(sent.values()).forEach(answer -> answer.complete(false));
    }
    poll();
  }

  private List<String> seen(List<String> markers) {
    return database
        .sql("SELECT id FROM ledger_marker WHERE id IN (:markers)")
        .param("markers", markers)
        .query(String.class)
        .list();
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
    List.copyOf(sent.values()).forEach(answer -> answer.complete(false));
  }
}
