package dev.warren.worker;

import dev.warren.contract.MessagePayload;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;

/** One too many for the type {@code message}. */
class SecondMessageHandler implements TaskHandler<MessagePayload, Void> {

  @Override
  public TaskType<MessagePayload, Void> type() {
    return TaskTypes.MESSAGE;
  }

  @Override
  public Void handle(MessagePayload payload, TaskContext context) {
    return null;
  }
}
