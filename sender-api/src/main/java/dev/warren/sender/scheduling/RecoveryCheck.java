package dev.warren.sender.scheduling;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.scheduling.LostTasks.Sample;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for tasks that the ledger believes to be at the broker, and the broker has no more: its
 * queue was deleted or purged, or the broker lost its disk. Each look compares what the broker has
 * with a ledger that knows all that was said before the look. For one thread.
 */
final class RecoveryCheck {

  private static final Logger log = LoggerFactory.getLogger(RecoveryCheck.class);

  private static final String JOB = "recovery";

  private static final int MAX_SAMPLES = 32;

  private static final String QUEUE_EMPTY = "queue-empty";
  private static final String WORKER_SILENT = "worker-silent";
  private static final String OVERTAKEN = "overtaken";

  private final Leases leases;
  private final LostTasks lostTasks;
  private final TaskPublisher publisher;
  private final BrokerReads broker;
  private final BooleanSupplier caughtUp;
  private final Supplier<Set<String>> paused;
  private final Set<String> queues;
  private final RecoveryProperties properties;
  private final Map<String, Counter> recovered = new HashMap<>();

  /** Since when each queue was empty at every look, by the database's clock. */
  private final Map<String, Instant> emptySince = new HashMap<>();

  /** The same of those that also had a consumer at every look. */
  private final Map<String, Instant> servedSince = new HashMap<>();

  /** Since when the ledger had caught up at every look; null where it has not. */
  private @Nullable Instant trustedSince;

  private Instant lastLook = Instant.EPOCH;

  /** Of each queue the tasks that were last in it at earlier looks, the oldest first. */
  private final Map<String, List<Sample>> samples = new HashMap<>();

  /**
   * @param caughtUp asks the ledger, for {@link RecoveryProperties#caughtUpWithin} at most
   * @param paused keys of the queues that nobody is to take from
   * @param queues keys of the queues of tasks
   */
  RecoveryCheck(
      Leases leases,
      LostTasks lostTasks,
      TaskPublisher publisher,
      BrokerReads broker,
      BooleanSupplier caughtUp,
      Supplier<Set<String>> paused,
      Collection<String> queues,
      RecoveryProperties properties,
      MeterRegistry meters) {
    this.leases = leases;
    this.lostTasks = lostTasks;
    this.publisher = publisher;
    this.broker = broker;
    this.caughtUp = caughtUp;
    this.paused = paused;
    this.queues = Set.copyOf(queues);
    this.properties = properties;
    for (var reason : List.of(QUEUE_EMPTY, WORKER_SILENT, OVERTAKEN)) {
      var counter =
          Counter.builder("warren.tasks.recovered")
              .description("Tasks that the broker had lost, or a worker never ended; sent again")
              .tag("reason", reason)
              .register(meters);
      recovered.put(reason, counter);
    }
  }

  /** Looks once, where this replica is the one to do so. */
  void look() {
    var complete = false;
    try {
      complete = leases.hold(JOB, properties.interval().multipliedBy(3)) && lookAtBroker();
    } catch (IOException e) {
      log.debug("the broker cannot be asked", e);
    } finally {
      if (!complete) {
        forget(); // what happened since the last look is not known
      }
    }
  }

  /** While publishers are blocked, so are workers: they cannot say what they have done. */
  private boolean lookAtBroker() throws IOException {
    if (publisher.obstacle() != null) {
      return false;
    }
    var now = leases.now(); // before the look: what is queued by now was there to be seen
    if (now.isAfter(lastLook.plus(longestGap()))) {
      forget();
    }
    lastLook = now;
    var unserved = paused.get();
    for (var queue : queues) {
      lookAt(queue, unserved.contains(queue), now);
    }
    if (caughtUp.getAsBoolean()) {
      recover(now);
    } else {
      trustedSince = null;
    }
    return true;
  }

  /** From one look to the next: after more, nobody knows what happened in between. */
  private Duration longestGap() {
    return properties.interval().multipliedBy(2).plus(properties.caughtUpWithin());
  }

  /** A paused queue has no consumer, which says nothing; what it has lost can wait as well. */
  private void lookAt(String queue, boolean isPaused, Instant now) throws IOException {
    var counts = broker.look(TaskTopology.queueOf(queue));
    var isEmpty = !isPaused && counts.isPresent() && counts.get().ready() == 0;
    note(emptySince, queue, isEmpty, now);
    note(servedSince, queue, isEmpty && counts.get().consumers() > 0, now);
  }

  private static void note(Map<String, Instant> since, String queue, boolean is, Instant now) {
    if (is) {
      since.putIfAbsent(queue, now);
    } else {
      since.remove(queue);
    }
  }

  private void recover(Instant now) {
    recoverFromEmpty(servedSince, properties.emptyFor(), now);
    recoverFromEmpty(emptySince, properties.desertedFor(), now);
    recoverOvertaken(now);
  }

  private void recoverFromEmpty(Map<String, Instant> since, Duration atLeast, Instant now) {
    for (var empty : since.entrySet()) {
      if (!now.isBefore(empty.getValue().plus(atLeast))) {
        recoverFromEmpty(empty.getKey(), seenEmptySince(empty.getValue(), atLeast, now), now);
      }
    }
  }

  /**
   * What was queued before this time was seen missing twice, far enough apart. For a queue that was
   * always empty that is not since it is: a task may have come and been lost between two looks.
   */
  private Instant seenEmptySince(Instant since, Duration atLeast, Instant now) {
    var twoLooksAgo = now.minus(atLeast).minus(longestGap());
    return since.isAfter(twoLooksAgo) ? since : twoLooksAgo;
  }

  private void recoverFromEmpty(String queue, Instant since, Instant now) {
    report(QUEUE_EMPTY, queue, lostTasks.recoverQueued(queue, since));
    var grace = properties.runningGrace();
    report(WORKER_SILENT, queue, lostTasks.recoverRunning(queue, now, grace));
  }

  /**
   * A copy is entered when the ledger reads it, and looks late where it lags. So only those count
   * that were entered while it was known to keep up.
   */
  private void recoverOvertaken(Instant now) {
    if (trustedSince == null) {
      trustedSince = leases.now();
      return;
    }
    for (var queue : queues) {
      var waiting = samples.computeIfAbsent(queue, key -> new ArrayList<>());
      for (var ended : lostTasks.ended(waiting, now.minus(properties.emptyFor()))) {
        recoverOvertaken(ended, now);
        waiting.removeIf(each -> !each.queuedAt().isAfter(ended.queuedAt()));
      }
      lostTasks.sample(queue, trustedSince).ifPresent(each -> keep(each, waiting));
    }
  }

  private void recoverOvertaken(Sample by, Instant now) {
    var before = by.queuedAt().minus(properties.overtakenBy());
    report(OVERTAKEN, by.queue(), lostTasks.recoverOvertaken(by, before));
    var silent = lostTasks.recoverRunning(by, before, now, properties.runningGrace());
    report(WORKER_SILENT, by.queue(), silent);
  }

  /** Any of them may be lost itself, so there are several; the further back, the fewer. */
  private static void keep(Sample sample, List<Sample> waiting) {
    waiting.removeIf(each -> each.id().equals(sample.id()));
    if (waiting.size() >= MAX_SAMPLES) {
      for (var i = waiting.size() - 1; i > 0; i -= 2) {
        waiting.remove(i);
      }
    }
    waiting.add(sample);
  }

  private void report(String reason, String queue, int tasks) {
    if (tasks > 0) {
      log.warn("{} tasks of queue {} were lost and are sent again: {}", tasks, queue, reason);
      Objects.requireNonNull(recovered.get(reason)).increment(tasks);
    }
  }

  private void forget() {
    emptySince.clear();
    servedSince.clear();
    trustedSince = null;
    samples.clear();
  }
}
