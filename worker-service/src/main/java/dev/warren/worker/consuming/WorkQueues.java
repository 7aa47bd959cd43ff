package dev.warren.worker.consuming;

import dev.warren.contract.TaskTopology;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The queues that a worker takes tasks from. */
final class WorkQueues {

  private WorkQueues() {}

  /**
   * Their keys: those that were asked for, else those of the handlers.
   *
   * @throws IllegalStateException naming one that no queue of tasks may have
   */
  static Set<String> keys(Collection<String> wanted, Collection<String> ofHandlers) {
    var keys = new LinkedHashSet<>(wanted.isEmpty() ? ofHandlers : wanted);
    for (var key : keys) {
      if (!TaskTopology.isKeyOfTasks(key)) {
        throw new IllegalStateException(
            "WORKER_QUEUES: no queue of tasks may have the key \"%s\"; %s are reserved"
                .formatted(key, String.join(", ", TaskTopology.RESERVED_KEYS)));
      }
    }
    return keys;
  }
}
