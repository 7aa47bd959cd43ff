package dev.warren.worker.consuming;

import java.util.Map;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.AmqpHeaderMapper;
import org.springframework.messaging.MessageHeaders;

/**
 * Maps none of a message's headers: one that Spring Messaging refuses, such as {@code errorChannel}
 * as a number, would fail before the listener is called, and leave the delivery unsettled.
 */
final class NoHeaderMapper implements AmqpHeaderMapper {

  @Override
  public void fromHeaders(MessageHeaders headers, MessageProperties target) {}

  @Override
  public MessageHeaders toHeaders(MessageProperties source) {
    return new MessageHeaders(Map.of());
  }
}
