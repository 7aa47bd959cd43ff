package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskMessage;
import dev.warren.worker.publishing.WireMessages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;

/**
 * A task as the broker delivered it.
 *
 * @param delivery 1 at the first, of this execution; counted by the broker
 */
record TaskDelivery(TaskMessage task, int delivery, boolean redelivered) {

  /** With the tenth a task that kills its workers has taken ten of them. */
  private static final int MAX_DELIVERIES = 10;

  private static final int MAX_ID_BYTES = 255;

  /**
   * Reads what any client may have sent.
   *
   * @throws Unprocessable where nobody could ever do it
   */
  static TaskDelivery of(Message message, Instant receivedAt) throws Unprocessable {
    var properties = message.getMessageProperties();
    var redelivered = Boolean.TRUE.equals(properties.isRedelivered());
    var delivery = numberOf(message);
    requireId(properties.getMessageId());
    var type = properties.getType();
    if (type == null || type.isBlank()) {
      throw new Unprocessable(DeadReason.UNKNOWN_TYPE, "the message has no type");
    }
    if (delivery >= MAX_DELIVERIES) {
      throw new Unprocessable(
          DeadReason.TOO_MANY_DELIVERIES,
          "delivered " + delivery + " times and never acknowledged: does it kill its workers?");
    }
    var task = TaskMessage.from(WireMessages.of(message), receivedAt);
    return new TaskDelivery(task, delivery, redelivered);
  }

  /** Which delivery it is, from 1. */
  static int numberOf(Message message) {
    var redelivered = Boolean.TRUE.equals(message.getMessageProperties().isRedelivered());
    return 1 + (redelivered ? deliveryCount(message) : 0);
  }

  private static void requireId(@Nullable String id) throws Unprocessable {
    if (id == null || id.isBlank()) {
      throw new Unprocessable(DeadReason.NO_ID, "the message has no message_id");
    }
    if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw new Unprocessable(DeadReason.NO_ID, "the message's message_id is no UTF-8");
    }
  }

  /** The broker sets it at a redelivery only; before, it is the client's word. */
  private static int deliveryCount(Message message) {
    @Nullable Object count = message.getMessageProperties().getHeader(TaskHeaders.DELIVERY_COUNT);
    return count instanceof Number number ? number.intValue() : 1;
  }
}
