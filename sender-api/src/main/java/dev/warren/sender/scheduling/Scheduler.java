package dev.warren.sender.scheduling;

import dev.warren.sender.publishing.BulkPublisher;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes what has become due. A claim is a lease, committed before the publish: a scheduler that
 * ends half-way leaves its tasks to whoever looks when the lease is over. For one thread.
 */
final class Scheduler {

  private final DueTasks dueTasks;
  private final TaskPublisher publisher;
  private final BulkPublisher bulk;
  private final Set<String> queues;
  private final Map<PublishOutcome, Counter> published = new EnumMap<>(PublishOutcome.class);

  /** What is not noted yet, since the database was away or another held the row. */
  private List<Settlement> unsettled = List.of();

  /**
   * @param queues keys of those that are declared, again and again
   */
  Scheduler(
      DueTasks dueTasks,
      TaskPublisher publisher,
      BulkPublisher bulk,
      Collection<String> queues,
      MeterRegistry meters) {
    this.dueTasks = dueTasks;
    this.publisher = publisher;
    this.bulk = bulk;
    this.queues = Set.copyOf(queues);
    for (var outcome : PublishOutcome.values()) {
      var counter =
          Counter.builder("warren.tasks.due")
              .description("Publishes of what was due: delays, retries, replays, what was lost")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(meters);
      published.put(outcome, counter);
    }
  }

  /** Publishes what is due now; after a refusal, or with nothing left, the next poll goes on. */
  void poll() {
    while (publishBatch()) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  private boolean publishBatch() {
    settle();
    if (publisher.obstacle() != null) {
      return false;
    }
    var batch = dueTasks.claim();
    var published = publish(batch.claims());
    unsettled = concat(unsettled, settlements(published));
    settle();
    return batch.more() && published.stream().allMatch(Published::isConfirmed);
  }

  /** All at once; each ends within the confirm timeout, from its turn on. */
  private List<Published> publish(List<Claim> claims) {
    var outcomes = new ArrayList<CompletableFuture<Published>>();
    for (var claim : claims) {
      outcomes.add(
          bulk.publish(claim.message()).thenApply(outcome -> new Published(claim, outcome)));
    }
    var done = outcomes.stream().map(CompletableFuture::join).toList();
    done.forEach(each -> count(each.outcome));
    return done;
  }

  private List<Settlement> settlements(List<Published> published) {
    var settlements = new ArrayList<Settlement>();
    for (var each : published) {
      kind(each).ifPresent(kind -> settlements.add(new Settlement(each.claim, kind)));
    }
    return settlements;
  }

  /** What was confirmed is noted before more is claimed, or it would be sent twice. */
  private void settle() {
    unsettled = dueTasks.settle(unsettled);
  }

  private void count(PublishOutcome outcome) {
    Objects.requireNonNull(published.get(outcome)).increment();
  }

  private static List<Settlement> concat(List<Settlement> some, List<Settlement> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** Empty where it is left to the lease, since nobody knows, or to the ledger, which hears it. */
  private Optional<Settlement.Kind> kind(Published published) {
    var claim = published.claim;
    return switch (published.outcome) {
      case CONFIRMED ->
          claim.end() != null ? Optional.empty() : Optional.of(Settlement.Kind.QUEUED);
      case UNAVAILABLE, BLOCKED, NACKED, OVERLOADED -> Optional.of(Settlement.Kind.REFUSED);
      case UNROUTABLE ->
          claim.end() != null || queues.contains(claim.task().queue())
              ? Optional.empty()
              : Optional.of(Settlement.Kind.MISDIRECTED);
      case UNSENDABLE -> Optional.of(Settlement.Kind.UNSENDABLE);
      case TIMED_OUT, CONNECTION_LOST -> Optional.empty();
    };
  }

  private record Published(Claim claim, PublishOutcome outcome) {

    boolean isConfirmed() {
      return outcome == PublishOutcome.CONFIRMED;
    }
  }
}
