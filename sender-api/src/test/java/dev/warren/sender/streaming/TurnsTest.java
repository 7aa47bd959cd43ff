package dev.warren.sender.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Executor THREADS = task -> new Thread(task).start();

  @Test
  void letsOneAtATime_andWhoComesMeanwhileDoesNotWait() {
    var isAtIt = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    var whose = new ArrayList<Thread>();
    var turns =
        new Turns(
            () -> {
              whose.add(Thread.currentThread());
              isAtIt.countDown();
              await(mayGoOn);
            });
    var first = CompletableFuture.supplyAsync(() -> takenIn(turns), THREADS);
    await(isAtIt);

    turns.take();
    turns.take();
    assertThat(whose).hasSize(1);
    mayGoOn.countDown();

    assertThat(first).succeedsWithin(PATIENCE);
    assertThat(whose).containsExactly(first.join(), first.join()); // once more for both who came
    turns.take();
    assertThat(whose.get(2)).isEqualTo(Thread.currentThread());
  }

  private static Thread takenIn(Turns turns) {
    turns.take();
    return Thread.currentThread();
  }

  @Test
  void looksAgain_whereTheWorkItselfAsksForMore() {
    var left = new AtomicInteger(3);
    var depths = new ArrayList<Integer>();
    var depth = new AtomicInteger();
    var turns = new Turns[1];
    turns[0] =
        new Turns(
            () -> {
              depths.add(depth.incrementAndGet());
              if (left.decrementAndGet() > 0) {
                turns[0].take();
              }
              depth.decrementAndGet();
            });

    turns[0].take();

    assertThat(depths).containsExactly(1, 1, 1);
  }

  @Test
  void leavesNothingUndone_whoeverComes() {
    Queue<Integer> held = new ConcurrentLinkedQueue<>();
    List<Integer> done = new ArrayList<>(); // as each turn sees all of the one before
    var turns =
        new Turns(
            () -> {
              for (var next = held.poll(); next != null; next = held.poll()) {
                done.add(next);
              }
            });
    var many =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.runAsync(() -> hold(held, turns), THREADS))
            .toArray(CompletableFuture[]::new);

    assertThat(CompletableFuture.allOf(many)).succeedsWithin(PATIENCE);
    assertThat(done).hasSize(4 * 10_000);
  }

  private static void hold(Queue<Integer> held, Turns turns) {
    for (var i = 0; i < 10_000; i++) {
      held.add(i);
      turns.take();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
