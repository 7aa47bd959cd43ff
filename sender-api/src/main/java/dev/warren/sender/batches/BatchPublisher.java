package dev.warren.sender.batches;

import dev.warren.contract.WireMessage;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.publishing.TaskPublisher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Publishes for all batches together: never more than half of what the publisher lets wait for
 * confirms, so that single tasks are not refused for their sake; and of large tasks fewer.
 */
@Component
public final class BatchPublisher {

  private static final int BYTES_A_PERMIT = 32 * 1024;

  /** Where others have filled the publisher, for 2 s. */
  private static final int TRIES = 100;

  private static final Executor AFTER_A_WHILE =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

  private final TaskPublisher publisher;
  private final int most;
  private final Semaphore permits;

  BatchPublisher(TaskPublisher publisher, PublishingProperties properties) {
    this.publisher = publisher;
    this.most = Math.max(1, properties.maxInFlight() / 2);
    this.permits = new Semaphore(most, true);
  }

  /** Waits for room; what it answers is to be released. */
  int acquire(int bytes) {
    var count = Math.min(most, 1 + bytes / BYTES_A_PERMIT);
    permits.acquireUninterruptibly(count); // each publish ends in time, and so does this
    return count;
  }

  void release(int count) {
    permits.release(count);
  }

  /** Tries again for a while where the publisher is full. */
  public CompletableFuture<PublishOutcome> publish(WireMessage message) {
    return publish(message, TRIES);
  }

  private CompletableFuture<PublishOutcome> publish(WireMessage message, int tries) {
    return publisher
        .publish(message)
        .thenCompose(
            outcome ->
                outcome == PublishOutcome.OVERLOADED && tries > 1
                    ? CompletableFuture.supplyAsync(
                            () -> publish(message, tries - 1), AFTER_A_WHILE)
                        .thenCompose(again -> again)
                    : CompletableFuture.completedFuture(outcome));
  }
}
