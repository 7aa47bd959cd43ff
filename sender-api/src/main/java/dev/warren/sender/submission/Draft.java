package dev.warren.sender.submission;

import dev.warren.contract.TaskMessage;
import dev.warren.contract.WireMessage;

/**
 * A task that is ready to be published.
 *
 * @param hasOwnId whether its id is the client's
 * @param answer made beforehand, since it is costly and the confirm comes on the event loop
 */
public record Draft<A>(TaskMessage task, boolean hasOwnId, A answer) {

  WireMessage message() {
    return task.options().isScheduled() ? task.toSchedule() : task.toQueue();
  }
}
