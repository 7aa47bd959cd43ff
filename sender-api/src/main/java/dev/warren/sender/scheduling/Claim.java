package dev.warren.sender.scheduling;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.WireMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A due task that is this scheduler's until the lease ends.
 *
 * @param task as it was last sent
 * @param position at which it was claimed: what the ledger hears later is newer than the claim
 * @param end what is to be said instead of sending it: it has expired, or was to be cancelled while
 *     a worker had it, which is gone; null of one that is to be run
 * @param leasedUntil by the database's clock, in milliseconds
 */
record Claim(
    TaskMessage task,
    TaskState state,
    long position,
    TaskEvent.@Nullable Kind end,
    Instant leasedUntil) {

  private static final byte[] NOTHING = {};

  /** What it is to be sent as. */
  Execution next() {
    return switch (state) {
      case SCHEDULED -> task.execution();
      case RETRY_WAIT -> task.execution().nextAttempt();
      default -> task.execution().nextDispatch(); // it was found lost
    };
  }

  WireMessage message() {
    return end != null ? event(end).toWire() : routable().at(next()).toQueue();
  }

  /** Where a task of this type usually goes. */
  String usualQueue() {
    return TaskTypes.named(task.type()).map(TaskType::queue).orElse(TaskTopology.DEFAULT_KEY);
  }

  private TaskEvent event(TaskEvent.Kind kind) {
    return new TaskEvent(kind, task, 1, null, null, null, null, null, NOTHING);
  }

  /** A foreign client may have named anything, even the key that would bring it back here. */
  private TaskMessage routable() {
    if (TaskTopology.isKeyOfTasks(task.queue())) {
      return task;
    }
    return new TaskMessage(
        task.id(),
        task.type(),
        TaskTopology.DEFAULT_KEY,
        task.createdAt(),
        task.execution(),
        task.options(),
        task.reply(),
        task.payload(),
        task.origin());
  }
}
