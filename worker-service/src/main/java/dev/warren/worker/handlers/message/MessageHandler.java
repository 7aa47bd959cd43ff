package dev.warren.worker.handlers.message;

import dev.warren.contract.MessagePayload;
import dev.warren.worker.handlers.InvalidPayload;
import dev.warren.worker.handlers.TaskHandler;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Works a second for each dot of the message. */
@Component
final class MessageHandler implements TaskHandler<MessagePayload> {

  @Override
  public String type() {
    return MessagePayload.TYPE;
  }

  @Override
  public Class<MessagePayload> payloadType() {
    return MessagePayload.class;
  }

  @Override
  public String describe(MessagePayload payload) {
    return payload.message();
  }

  @Override
  public void handle(MessagePayload payload) throws InvalidPayload, InterruptedException {
    var problem = MessagePayload.problemWith(payload.message());
    if (problem.isPresent()) {
      throw new InvalidPayload("message " + problem.get());
    }
    TimeUnit.NANOSECONDS.sleep(payload.work().toNanos());
  }
}
