package dev.warren.sender.ledger;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Counts how tasks end, once it is committed: what was rolled back is heard again. */
final class EndMetrics {

  private static final String NO_REASON = "none";

  /** Whoever may publish can bury a task, with any reason. */
  private static final String OTHER = "other";

  private static final List<String> DEAD_REASONS =
      Stream.concat(
              Arrays.stream(DeadReason.values()).map(DeadReason::code),
              Stream.of(
                  Change.PERMANENT,
                  Change.ATTEMPTS_USED_UP,
                  Change.NOT_SENDABLE,
                  Heard.DROPPED_BY_BROKER,
                  OTHER))
          .toList();

  private record End(TaskState state, String reason) {}

  private final Map<End, Counter> counters = new HashMap<>();

  EndMetrics(MeterRegistry meters) {
    for (var state : TaskState.terminal()) {
      var reasons = state == TaskState.DEAD ? DEAD_REASONS : List.of(NO_REASON);
      reasons.forEach(reason -> register(new End(state, reason), meters));
    }
  }

  private void register(End end, MeterRegistry meters) {
    var counter =
        Counter.builder("warren.tasks.ended")
            .description("Tasks whose end this replica has written into the ledger")
            .tag("state", end.state.name().toLowerCase(Locale.ROOT))
            .tag("reason", end.reason)
            .register(meters);
    counters.put(end, counter);
  }

  /** Those of these changes that end their tasks. */
  void count(List<Change> applied) {
    onCommit(
        applied.stream()
            .filter(change -> change.state().isTerminal())
            .map(change -> counter(change.state(), change.deadReason()))
            .toList());
  }

  /** So many tasks that are in this state now, where it is an end. */
  void count(TaskState state, int tasks) {
    if (state.isTerminal()) {
      onCommit(Collections.nCopies(tasks, counter(state, null)));
    }
  }

  private static void onCommit(List<Counter> ended) {
    if (!ended.isEmpty()) {
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              ended.forEach(Counter::increment);
            }
          });
    }
  }

  private Counter counter(TaskState state, @Nullable String deadReason) {
    var reason = state != TaskState.DEAD ? NO_REASON : deadReason == null ? OTHER : deadReason;
    var known = counters.get(new End(state, reason));
    return known != null ? known : Objects.requireNonNull(counters.get(new End(state, OTHER)));
  }
}
