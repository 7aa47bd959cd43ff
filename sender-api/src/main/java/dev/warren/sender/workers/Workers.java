package dev.warren.sender.workers;

import dev.warren.contract.WorkerPresence;
import dev.warren.sender.workers.WorkerView.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What workers have said of themselves. Silence is measured by a clock that stands still while this
 * replica could not have heard them, so that a broker that is down or blocked makes no worker look
 * frozen.
 */
public final class Workers {

  /** From one look to the next; what is longer is a pause of this process. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(3);

  /** Whoever may publish can say that there are more. */
  private static final int MAX_WORKERS = 1000;

  private static final int MAX_DEPARTED = 1000;

  private final WorkersProperties properties;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final Map<String, Heard> byInstance = new HashMap<>();
  private final Map<String, Instant> departed = new LinkedHashMap<>();
  private long hearingNanos;
  private long lookedAt;
  private @Nullable Instant listeningSince;

  Workers(WorkersProperties properties, LongSupplier nanoTime, Clock clock) {
    this.properties = properties;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  private record Heard(WorkerPresence said, Instant at, long hearingNanos) {}

  /** Notes whether workers can be heard now, and who was not for too long; to be called often. */
  synchronized void listen(boolean hears) {
    var now = nanoTime.getAsLong();
    if (hears && listeningSince != null) {
      hearingNanos += Math.min(now - lookedAt, LONGEST_LOOK.toNanos());
    }
    lookedAt = now;
    if (!hears) {
      listeningSince = null;
    } else if (listeningSince == null) {
      listeningSince = clock.instant();
    }
    byInstance.values().stream()
        .filter(each -> silence(each).compareTo(properties.goneAfter()) >= 0)
        .toList()
        .forEach(each -> remove(each.said));
  }

  synchronized void alive(WorkerPresence said) {
    if (byInstance.containsKey(said.instance()) || byInstance.size() < MAX_WORKERS) {
      byInstance.put(said.instance(), new Heard(said, clock.instant(), hearingNanos));
    }
  }

  synchronized void stopped(WorkerPresence said) {
    remove(said);
  }

  private void remove(WorkerPresence said) {
    if (byInstance.remove(said.instance()) != null) {
      departed.remove(said.name());
      departed.put(said.name(), clock.instant());
      if (departed.size() > MAX_DEPARTED) {
        departed.remove(departed.keySet().iterator().next());
      }
    }
  }

  /** As of now. */
  public synchronized KnownWorkers known() {
    var all =
        byInstance.values().stream()
            .map(each -> WorkerView.of(each.said, state(each), each.at))
            .sorted(Comparator.comparing(WorkerView::name).thenComparing(WorkerView::instance))
            .toList();
    return new KnownWorkers(all, Map.copyOf(departed), listeningSince);
  }

  /** How many are in this state now. */
  synchronized long count(State state) {
    return byInstance.values().stream().filter(each -> state(each) == state).count();
  }

  private State state(Heard heard) {
    return silence(heard).compareTo(properties.frozenAfter()) < 0 ? State.UP : State.FROZEN;
  }

  private Duration silence(Heard heard) {
    return Duration.ofNanos(hearingNanos - heard.hearingNanos);
  }
}
