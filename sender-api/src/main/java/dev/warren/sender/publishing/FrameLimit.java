package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.WireMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What can be encoded for AMQP: a short string has at most 255 bytes, and all properties of a
 * message go into one frame. The client would notice only after counting the publish, and all later
 * confirms of that channel would be off by one.
 *
 * @param frameMax as negotiated with the broker; 0 for any size
 */
record FrameLimit(int frameMax) {

  private static final int MAX_SHORT_STRING = 255;

  /** UTF-8 needs no more for a character of Java's. */
  private static final int MAX_BYTES_OF_CHAR = 3;

  /** More than a frame has beside the properties that may be long. */
  private static final int OVERHEAD = 128;

  /** More than a header takes beside its name and its text. */
  private static final int HEADER_OVERHEAD = 16;

  private static final int TOO_MUCH = Integer.MAX_VALUE / 2;

  /**
   * @param properties of the message
   */
  boolean admits(WireMessage message, BasicProperties properties) {
    return isShortString(message.exchange())
        && isShortString(message.routingKey())
        && (isSurelyShort(message) || isEncodable(properties));
  }

  private static boolean isShortString(String text) {
    return isSurelyShortString(text)
        || text.getBytes(StandardCharsets.UTF_8).length <= MAX_SHORT_STRING;
  }

  /** By its lengths alone, which are at hand; true for almost all there is. */
  private boolean isSurelyShort(WireMessage message) {
    var headers = atMost(message);
    return headers < TOO_MUCH
        && isSurelyShortString(message.messageId())
        && isSurelyShortString(message.type())
        && isSurelyShortString(message.replyTo())
        && isSurelyShortString(message.correlationId())
        && fits(OVERHEAD + 4 * MAX_SHORT_STRING + headers);
  }

  private static boolean isSurelyShortString(@Nullable String text) {
    return text == null || text.length() <= MAX_SHORT_STRING / MAX_BYTES_OF_CHAR;
  }

  private static int atMost(WireMessage message) {
    var bytes = 0;
    for (var header : message.headers().entrySet()) {
      var value = atMost(header.getValue());
      if (value >= TOO_MUCH - bytes || !isSurelyShortString(header.getKey())) {
        return TOO_MUCH;
      }
      bytes += HEADER_OVERHEAD + MAX_SHORT_STRING + value;
    }
    return bytes;
  }

  private static int atMost(Object value) {
    if (value instanceof String text) {
      return text.length() < TOO_MUCH / MAX_BYTES_OF_CHAR
          ? text.length() * MAX_BYTES_OF_CHAR
          : TOO_MUCH;
    }
    return value instanceof Integer || value instanceof Long || value instanceof Boolean
        ? 0
        : TOO_MUCH;
  }

  private boolean isEncodable(BasicProperties properties) {
    try {
      return fits(properties.toFrame(0, 0).size());
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private boolean fits(int bytes) {
    return frameMax == 0 || bytes <= frameMax;
  }
}
