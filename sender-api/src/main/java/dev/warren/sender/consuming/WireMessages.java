package dev.warren.sender.consuming;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.LongString;
import dev.warren.contract.WireMessage;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client library's deliveries as {@link WireMessage}s, whatever was sent. */
final class WireMessages {

  private WireMessages() {}

  static WireMessage of(Envelope envelope, BasicProperties properties, byte[] body) {
    return new WireMessage(
        envelope.getExchange(),
        envelope.getRoutingKey(),
        properties.getMessageId(),
        properties.getType(),
        instant(properties.getTimestamp()),
        properties.getPriority(),
        properties.getReplyTo(),
        properties.getCorrelationId(),
        table(properties.getHeaders()),
        body);
  }

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  /** What has no value is left out. */
  private static Map<String, Object> table(@Nullable Map<?, ?> table) {
    var plain = new LinkedHashMap<String, Object>();
    if (table != null) {
      table.forEach(
          (key, value) -> {
            if (value != null) {
              plain.put(String.valueOf(key), value(value));
            }
          });
    }
    return plain;
  }

  private static Object value(Object value) {
    if (value instanceof LongString text) {
      return text.toString();
    }
    if (value instanceof Date date) {
      return date.toInstant();
    }
    if (value instanceof Map<?, ?> table) {
      return table(table);
    }
    if (value instanceof List<?> list) {
      return list.stream().filter(Objects::nonNull).map(WireMessages::value).toList();
    }
    return value;
  }
}
