package dev.warren.worker.publishing;

import dev.warren.contract.WireMessage;
import java.util.Date;
import java.util.Objects;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/** A message on the wire, as the client library has it. */
public final class WireMessages {

  private WireMessages() {}

  /** What came; the properties are {@link ExactProperties}'. */
  public static WireMessage of(Message message) {
    var properties = message.getMessageProperties();
    var timestamp = properties.getTimestamp();
    return new WireMessage(
        Objects.requireNonNullElse(properties.getReceivedExchange(), ""),
        Objects.requireNonNullElse(properties.getReceivedRoutingKey(), ""),
        properties.getMessageId(),
        properties.getType(),
        timestamp == null ? null : timestamp.toInstant(),
        properties.getPriority(),
        properties.getReplyTo(),
        properties.getCorrelationId(),
        properties.getHeaders(),
        message.getBody());
  }

  @SuppressWarnings("NullAway") // what AMQP leaves out is null there, too
  static Message of(WireMessage message) {
    var properties = new MessageProperties();
    var timestamp = message.timestamp();
    properties.setMessageId(message.messageId());
    properties.setType(message.type());
    properties.setTimestamp(timestamp == null ? null : Date.from(timestamp));
    properties.setPriority(message.priority());
    properties.setReplyTo(message.replyTo());
    properties.setCorrelationId(message.correlationId());
    properties.setContentType(WireMessage.CONTENT_TYPE);
    properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
    message.headers().forEach(properties::setHeader);
    return new Message(message.body(), properties);
  }
}
