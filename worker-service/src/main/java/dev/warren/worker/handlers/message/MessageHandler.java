package dev.warren.worker.handlers.message;

import dev.warren.contract.MessagePayload;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Works a second for each dot of the message. */
@Component
final class MessageHandler implements TaskHandler<MessagePayload, Void> {

  @Override
  public TaskType<MessagePayload, Void> type() {
    return TaskTypes.MESSAGE;
  }

  @Override
  public String describe(MessagePayload payload) {
    return payload.message();
  }

  @Override
  public @Nullable Void handle(MessagePayload payload, TaskContext context)
      throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(payload.work().toNanos());
    return null;
  }
}
