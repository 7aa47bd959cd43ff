package dev.warren.sender.explaining;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** Looks at one queue at a time: with a broker that hangs no more than this thread does. */
@Component
final class QueueSights implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(QueueSights.class);

  /** So that the whole answer takes less than the 5 s that any may take. */
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final int MAX_WAITING = 200;

  private final BrokerReads broker;
  private final ExecutorService thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          task -> new Thread(task, "queue-sights"));

  QueueSights(BrokerReads broker) {
    this.broker = broker;
  }

  /**
   * What a look came to.
   *
   * @param answered false where the broker could not be asked
   * @param counts null where it has no such queue, or has not answered
   * @param byPriority whether it delivers by priority
   */
  record Sight(boolean answered, @Nullable QueueCounts counts, boolean byPriority) {

    static final Sight NO_ANSWER = new Sight(false, null, false);
  }

  /** Never fails. */
  CompletableFuture<Sight> look(String key) {
    try {
      return CompletableFuture.supplyAsync(() -> lookAt(key), thread)
          .completeOnTimeout(Sight.NO_ANSWER, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(Sight.NO_ANSWER);
    }
  }

  private Sight lookAt(String key) {
    try {
      var counts = broker.look(TaskTopology.queueOf(key));
      return new Sight(true, counts.orElse(null), broker.honoursPriority());
    } catch (IOException | RuntimeException e) {
      log.debug("the broker cannot be asked", e);
      return Sight.NO_ANSWER;
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
