package dev.warren.sender.streaming;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one thread at a time do what there is to do. Who comes meanwhile does not wait: whoever is
 * at it looks again.
 */
final class Turns {

  private final AtomicInteger asked = new AtomicInteger();
  private final Runnable work;

  /**
   * @param work all there is to do by then; it throws nothing
   */
  Turns(Runnable work) {
    this.work = work;
  }

  void take() {
    if (asked.getAndIncrement() > 0) {
      return;
    }
    var answered = 1;
    do {
      work.run();
      answered = asked.addAndGet(-answered);
    } while (answered > 0);
  }
}
