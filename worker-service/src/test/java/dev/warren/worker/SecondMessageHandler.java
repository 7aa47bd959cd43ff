package dev.warren.worker;

import dev.warren.contract.MessagePayload;
import dev.warren.worker.handlers.TaskHandler;

/** One too many for the type {@code message}. */
class SecondMessageHandler implements TaskHandler<MessagePayload> {

  @Override
  public String type() {
    return MessagePayload.TYPE;
  }

  @Override
  public Class<MessagePayload> payloadType() {
    return MessagePayload.class;
  }

  @Override
  public void handle(MessagePayload payload) {}
}
