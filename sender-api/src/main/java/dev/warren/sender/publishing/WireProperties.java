package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.WireMessage;
import java.util.Date;

/** The AMQP properties of a message, as the client library has them. */
final class WireProperties {

  private WireProperties() {}

  static BasicProperties of(WireMessage message) {
    var timestamp = message.timestamp();
    return new BasicProperties.Builder()
        .messageId(message.messageId())
        .type(message.type())
        .timestamp(timestamp == null ? null : Date.from(timestamp))
        .priority(message.priority())
        .replyTo(message.replyTo())
        .correlationId(message.correlationId())
        .contentType(WireMessage.CONTENT_TYPE)
        .deliveryMode(WireMessage.PERSISTENT)
        .headers(message.headers())
        .build();
  }
}
