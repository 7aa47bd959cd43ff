package dev.warren.sender.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskMessage;
import dev.warren.contract.WireMessage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BulkPublisherTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final int LIMIT = 4;
  private static final int LARGE = 64 * 1024;
  private static final int BRINGERS = 3;
  private static final int MANY = 5000;

  private final List<Published> published = new CopyOnWriteArrayList<>();
  private final BulkPublisher bulk = new BulkPublisher(this::publish, LIMIT);

  private record Published(String id, CompletableFuture<PublishOutcome> outcome) {}

  @Test
  void keepsTheOrder_andNeverExceedsItsLimit() {
    var outcomes = IntStream.range(0, 10).mapToObj(i -> bulk.publish(task("t" + i, 0))).toList();
    assertThat(ids()).containsExactly("t0", "t1", "t2", "t3");

    settle("t2", PublishOutcome.NACKED);
    assertThat(outcomes.get(2)).isCompletedWithValue(PublishOutcome.NACKED);
    assertThat(ids()).containsExactly("t0", "t1", "t2", "t3", "t4");

    for (var i = 0; i < 10; i++) {
      settle("t" + i, PublishOutcome.CONFIRMED);
    }
    assertThat(outcomes.get(9)).isCompletedWithValue(PublishOutcome.CONFIRMED);
    assertThat(ids()).hasSize(10).isSorted();
  }

  @Test
  void takesFewerOfLargeOnes_whichNoneOvertakes() {
    bulk.publish(task("large", LARGE));
    bulk.publish(task("larger", 100 * LARGE));
    bulk.publish(task("small", 0));
    assertThat(ids()).containsExactly("large");

    settle("large", PublishOutcome.CONFIRMED);
    assertThat(ids()).containsExactly("large", "larger");

    settle("larger", PublishOutcome.CONFIRMED);
    assertThat(ids()).containsExactly("large", "larger", "small");
  }

  @Test
  void triesAgain_whereSingleTasksHaveFilledThePublisher() {
    var outcome = bulk.publish(task("t", 0));
    settle("t", PublishOutcome.OVERLOADED);
    await().atMost(PATIENCE).until(() -> published.size() == 2);
    assertThat(outcome).isNotDone();

    published.get(1).outcome.complete(PublishOutcome.CONFIRMED);
    assertThat(outcome).succeedsWithin(PATIENCE).isEqualTo(PublishOutcome.CONFIRMED);
  }

  @Test
  void refusesNoSingleTask_howeverMuchIsBroughtInBulk() {
    var broker = new EmbeddedChannel(); // takes nothing before it is told to
    var single = publisher(broker, 2 * LIMIT);
    var shared = new BulkPublisher(single::publish, LIMIT);
    var batch = IntStream.range(0, 100).mapToObj(i -> shared.publish(task("b" + i, 0))).toList();
    var stream = IntStream.range(0, 100).mapToObj(i -> shared.publish(task("s" + i, 0))).toList();
    var due = IntStream.range(0, 100).mapToObj(i -> shared.publish(task("d" + i, 0))).toList();

    for (var i = 0; i < LIMIT; i++) {
      assertThat(single.publish(task("single", 0))).isNotDone();
    }
    assertThat(single.publish(task("too many", 0))).isCompletedWithValue(PublishOutcome.OVERLOADED);

    broker.runPendingTasks();
    assertThat(List.of(batch, stream, due))
        .allSatisfy(
            all ->
                assertThat(all)
                    .allSatisfy(
                        each -> assertThat(each).isCompletedWithValue(PublishOutcome.UNAVAILABLE)));
  }

  @Test
  void forgetsNone_ofThoseThatAreBroughtAndSettledAtOnce() throws Exception {
    var inFlight = new AtomicInteger();
    var most = new AtomicInteger();
    var sent = new ConcurrentLinkedQueue<CompletableFuture<PublishOutcome>>();
    var busy =
        new BulkPublisher(
            message -> {
              most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
              var outcome = new CompletableFuture<PublishOutcome>();
              var settled = outcome.whenComplete((result, failure) -> inFlight.decrementAndGet());
              sent.add(outcome);
              return settled;
            },
            LIMIT);
    var left = new CountDownLatch(BRINGERS * MANY);
    begin(() -> settle(sent, left));
    for (var i = 0; i < BRINGERS; i++) {
      begin(
          () ->
              IntStream.range(0, MANY)
                  .forEach(task -> busy.publish(task("t", 0)).thenRun(left::countDown)));
    }
    assertThat(left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(most).hasValueLessThanOrEqualTo(LIMIT);
  }

  private static void begin(Runnable work) {
    var thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  private static void settle(Queue<CompletableFuture<PublishOutcome>> sent, CountDownLatch left) {
    while (left.getCount() > 0) {
      var next = sent.poll();
      if (next == null) {
        Thread.onSpinWait();
      } else {
        next.complete(PublishOutcome.CONFIRMED);
      }
    }
  }

  private static TaskPublisher publisher(EmbeddedChannel broker, int maxInFlight) {
    var second = Duration.ofSeconds(1);
    var properties =
        new PublishingProperties(
            Set.of(), second, maxInFlight, second, second, second, second, second);
    return new TaskPublisher(broker.eventLoop(), properties, new SimpleMeterRegistry());
  }

  private CompletableFuture<PublishOutcome> publish(WireMessage message) {
    var each = new Published(message.messageId(), new CompletableFuture<>());
    published.add(each);
    return each.outcome;
  }

  private List<String> ids() {
    return published.stream().map(Published::id).toList();
  }

  private void settle(String id, PublishOutcome outcome) {
    published.stream()
        .filter(each -> each.id.equals(id))
        .findFirst()
        .orElseThrow()
        .outcome
        .complete(outcome);
  }

  private static WireMessage task(String id, int bytes) {
    return TaskMessage.of(id, "message", "default", Instant.EPOCH, new byte[bytes]).toQueue();
  }
}
