package dev.warren.sender.batches;

import dev.warren.sender.publishing.BulkPublisher;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** What all batches together may hold of tasks that nobody knows the outcome of yet. */
@Component
final class BatchRoom {

  private final BulkPublisher publisher;
  private final Semaphore permits;

  BatchRoom(BulkPublisher publisher) {
    this.publisher = publisher;
    this.permits = new Semaphore(publisher.limit(), true);
  }

  /** Waits for room; what it answers is to be released. */
  int acquire(int bytes) {
    var count = publisher.weightOf(bytes);
    permits.acquireUninterruptibly(count); // each publish ends in time, and so does this
    return count;
  }

  void release(int count) {
    permits.release(count);
  }
}
