package dev.warren.contract;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An AMQP message with those of its properties that Warren uses. Each side maps it to the message
 * of its own client library.
 *
 * @param exchange where it is published to
 * @param routingKey which of the exchange's bindings it is for
 * @param messageId {@code message_id}, of which a task's is its id
 * @param type {@code type}, the task's
 * @param timestamp {@code timestamp}, in whole seconds on the wire
 * @param priority {@code priority}, 0 to 9
 * @param replyTo {@code reply_to} of a foreign caller
 * @param correlationId {@code correlation_id} of a foreign caller
 * @param headers text, whole and floating numbers, booleans, and tables of these
 * @param body JSON in UTF-8, or nothing
 */
@SuppressWarnings("ArrayRecordComponent") // two messages are never equal, nor should they be
public record WireMessage(
    String exchange,
    String routingKey,
    @Nullable String messageId,
    @Nullable String type,
    @Nullable Instant timestamp,
    @Nullable Integer priority,
    @Nullable String replyTo,
    @Nullable String correlationId,
    Map<String, Object> headers,
    byte[] body) {

  /** {@code content_type} of every message. */
  public static final String CONTENT_TYPE = "application/json";

  /** {@code delivery_mode} of every message: it is written to disk. */
  public static final int PERSISTENT = 2;
}
