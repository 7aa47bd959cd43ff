package dev.warren.worker.consuming;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.converter.MessageConverter;

/** Leaves a body the bytes it is, whatever its content type claims. */
final class RawBodyConverter implements MessageConverter {

  @Override
  public Message toMessage(Object body, MessageProperties properties) {
    return new Message((byte[]) body, properties);
  }

  @Override
  public Object fromMessage(Message message) {
    return message.getBody();
  }
}
