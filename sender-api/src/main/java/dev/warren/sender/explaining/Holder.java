package dev.warren.sender.explaining;

import dev.warren.contract.TaskState;
import dev.warren.contract.WorkerPresence.Slot;
import dev.warren.sender.workers.KnownWorkers;
import dev.warren.sender.workers.WorkerView;
import dev.warren.sender.workers.WorkerView.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who has a task that is not settled: by what workers say, and else by what the ledger has heard.
 *
 * @param worker null where it has not said its name
 * @param since when it has the task
 * @param delivery which one; 0 where the worker does not say
 * @param silentSince when it was last heard, or was found gone
 */
record Holder(
    @Nullable String worker,
    @Nullable Instant since,
    int delivery,
    Standing standing,
    @Nullable Instant silentSince) {

  /** What is known of the worker. */
  enum Standing {
    /** Nothing speaks against it. A worker of somebody else need not say that it is there. */
    AT_IT,
    SILENT,
    GONE
  }

  static Optional<Holder> of(TaskFacts task, KnownWorkers workers) {
    var bySlot = bySlot(task, workers.all());
    if (task.state() != TaskState.RUNNING) {
      return bySlot;
    }
    return bySlot
        .filter(each -> each.delivery >= task.deliveries())
        .or(() -> Optional.of(byLedger(task, workers)));
  }

  /** Of two that have it, the broker believes the later one. */
  private static Optional<Holder> bySlot(TaskFacts task, List<WorkerView> workers) {
    return workers.stream()
        .flatMap(
            worker ->
                worker.slots().stream()
                    .filter(slot -> slot.isOf(task.id(), task.execution()))
                    .map(slot -> of(worker, slot)))
        .max(Comparator.comparingInt(Holder::delivery));
  }

  private static Holder of(WorkerView worker, Slot slot) {
    return new Holder(
        worker.name(),
        slot.since(),
        slot.delivery(),
        worker.state() == State.UP ? Standing.AT_IT : Standing.SILENT,
        worker.silentSince());
  }

  private static Holder byLedger(TaskFacts task, KnownWorkers workers) {
    var named = workers.all().stream().filter(each -> each.name().equals(task.worker())).toList();
    var candidates = named.stream().filter(each -> !beganAfter(each, task.startedAt())).toList();
    if (candidates.stream().anyMatch(each -> each.state() == State.UP)) {
      return holder(task, Standing.AT_IT, null);
    }
    if (!candidates.isEmpty()) {
      return holder(task, Standing.SILENT, candidates.get(0).silentSince());
    }
    if (!named.isEmpty()) { // one of this name began anew, without its tasks
      return holder(task, Standing.GONE, named.get(0).startedAt());
    }
    var gone = task.worker() == null ? null : workers.departed().get(task.worker());
    var isGone = gone != null && (task.startedAt() == null || !gone.isBefore(task.startedAt()));
    return holder(task, isGone ? Standing.GONE : Standing.AT_IT, isGone ? gone : null);
  }

  private static Holder holder(TaskFacts task, Standing standing, @Nullable Instant silentSince) {
    return new Holder(task.worker(), task.startedAt(), 0, standing, silentSince);
  }

  private static boolean beganAfter(WorkerView worker, @Nullable Instant time) {
    return time != null && worker.startedAt() != null && worker.startedAt().isAfter(time);
  }
}
