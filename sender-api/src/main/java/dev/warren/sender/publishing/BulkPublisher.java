package dev.warren.sender.publishing;

import dev.warren.contract.WireMessage;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what comes in bulk, in the order in which it comes: batches, streams, and what has
 * become due. All of it together is never more than half of what the publisher lets wait for
 * confirms, so that single tasks are not refused for its sake; of large tasks it is fewer.
 *
 * <p>What has to wait is held here: whoever brings more bounds how much that is.
 */
public final class BulkPublisher {

  private static final int BYTES_A_PERMIT = 32 * 1024;

  /** Where single tasks have filled the publisher, for 2 s. */
  private static final int TRIES = 100;

  private static final Executor AFTER_A_WHILE =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

  private final Function<WireMessage, CompletableFuture<PublishOutcome>> publisher;
  private final int limit;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private int free;
  private boolean publishing;

  /**
   * @param limit of the weight of what waits for its confirm
   */
  public BulkPublisher(
      Function<WireMessage, CompletableFuture<PublishOutcome>> publisher, int limit) {
    this.publisher = publisher;
    this.limit = limit;
    this.free = limit;
  }

  private record Waiting(
      WireMessage message, int weight, CompletableFuture<PublishOutcome> outcome) {}

  /** How much there may be at once, by weight; it would be of no use to bring much more. */
  public int limit() {
    return limit;
  }

  /** What a task counts for, which is at most all there may be. */
  public int weightOf(int bytes) {
    return Math.min(limit, 1 + bytes / BYTES_A_PERMIT);
  }

  /**
   * Publishes a message when it is its turn; tries again for a while where the publisher is full.
   * The future never fails; what depends on it must not block.
   */
  public CompletableFuture<PublishOutcome> publish(WireMessage message) {
    var last = new Waiting(message, weightOf(message.body().length), new CompletableFuture<>());
    synchronized (this) {
      waiting.add(last);
    }
    publishWhatFits();
    return last.outcome;
  }

  /** By one thread at a time, so that the order is kept; whoever is at it looks again. */
  private void publishWhatFits() {
    synchronized (this) {
      if (publishing) {
        return;
      }
      publishing = true;
    }
    for (var next = next(); next != null; next = next()) {
      publish(next);
    }
  }

  private synchronized @Nullable Waiting next() {
    var next = waiting.peek();
    if (next == null || next.weight > free) {
      publishing = false;
      return null;
    }
    free -= next.weight;
    return waiting.remove();
  }

  private void publish(Waiting next) {
    CompletableFuture<PublishOutcome> published;
    try {
      published = publish(next.message, TRIES);
    } catch (Throwable e) { // an Error: all that waits would wait for ever
      published = CompletableFuture.failedFuture(e);
    }
    published.whenComplete(
        (outcome, failure) ->
            settled(next, failure == null ? outcome : PublishOutcome.CONNECTION_LOST));
  }

  private void settled(Waiting published, PublishOutcome outcome) {
    synchronized (this) {
      free += published.weight;
    }
    publishWhatFits();
    published.outcome.complete(outcome);
  }

  private CompletableFuture<PublishOutcome> publish(WireMessage message, int tries) {
    return publisher
        .apply(message)
        .thenCompose(
            outcome ->
                outcome == PublishOutcome.OVERLOADED && tries > 1
                    ? CompletableFuture.supplyAsync(
                            () -> publish(message, tries - 1), AFTER_A_WHILE)
                        .thenCompose(again -> again)
                    : CompletableFuture.completedFuture(outcome));
  }
}
