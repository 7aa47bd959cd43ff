package dev.warren.sender.queues;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueCounts;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.queues.ManagementApi.Figures;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Looks at all queues, with one thread and so one look at a time, which all share who ask during
 * it: with a broker that hangs no other thread does.
 */
@Component
final class QueueLooks implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(QueueLooks.class);

  /** Every request that does not ask to wait is answered in 5 s. */
  private static final Duration TIMEOUT = Duration.ofMillis(4500);

  private final PublishingProperties publishing;
  private final BrokerReads broker;
  private final ManagementApi management;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "queue-looks"));
  private @Nullable CompletableFuture<List<Look>> latest;

  QueueLooks(PublishingProperties publishing, BrokerReads broker, ManagementApi management) {
    this.publishing = publishing;
    this.broker = broker;
    this.management = management;
  }

  /** What the broker says of a queue. */
  record Look(String key, Optional<QueueCounts> counts, Optional<Figures> figures) {}

  /** What there is to see, or {@link RequestRefused} with {@code 503}. */
  CompletableFuture<List<Look>> look() {
    return shared()
        .copy()
        .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    failure instanceof TimeoutException ? unavailable() : failure));
  }

  private synchronized CompletableFuture<List<Look>> shared() {
    var current = latest;
    if (current == null || current.isDone()) {
      current = CompletableFuture.supplyAsync(this::looks, thread);
      latest = current;
    }
    return current;
  }

  /** Who does not answer is not asked again: each queue would wait for the same timeout. */
  private List<Look> looks() {
    var looks = new ArrayList<Look>();
    var brokerAnswers = true;
    var managementAnswers = true;
    for (var key : publishing.queues()) {
      var queue = TaskTopology.queueOf(key);
      var counts = Optional.<QueueCounts>empty();
      try {
        counts = brokerAnswers ? broker.look(queue) : counts;
      } catch (IOException | RuntimeException e) {
        log.debug("the broker cannot be asked", e);
        brokerAnswers = false;
      }
      var figures = managementAnswers ? management.figuresOf(queue) : Optional.<Figures>empty();
      managementAnswers = figures.isPresent();
      looks.add(new Look(key, counts, figures));
    }
    return looks;
  }

  private static RequestRefused unavailable() {
    return new RequestRefused(
        Problem.of(
                ProblemType.BROKER_UNAVAILABLE,
                "The broker does not answer in time; ask again after Retry-After seconds.")
            .withHeader(HttpHeaders.RETRY_AFTER, "5"));
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
