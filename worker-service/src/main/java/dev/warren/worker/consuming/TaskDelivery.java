package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskMessage;
import java.util.Date;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;

/**
 * A task as the broker delivered it.
 *
 * @param attempt 1 at the first delivery; counted by the broker
 */
record TaskDelivery(TaskMessage task, int attempt, boolean redelivered) {

  /** With the tenth a task that kills its workers has taken ten of them. */
  private static final int MAX_ATTEMPTS = 10;

  /**
   * Reads what any client may have sent.
   *
   * @throws Unprocessable where nobody could ever do it
   */
  static TaskDelivery of(Message message) throws Unprocessable {
    var properties = message.getMessageProperties();
    var redelivered = Boolean.TRUE.equals(properties.isRedelivered());
    var attempt = 1 + (redelivered ? deliveryCount(message) : 0);
    var id = properties.getMessageId();
    if (id == null || id.isBlank()) {
      throw new Unprocessable(DeadReason.NO_ID, "the message has no message_id");
    }
    var type = properties.getType();
    if (type == null || type.isBlank()) {
      throw new Unprocessable(DeadReason.UNKNOWN_TYPE, "the message has no type");
    }
    if (attempt >= MAX_ATTEMPTS) {
      throw new Unprocessable(
          DeadReason.TOO_MANY_DELIVERIES,
          "delivered " + attempt + " times and never acknowledged: does it kill its workers?");
    }
    var createdAt = Objects.requireNonNullElseGet(properties.getTimestamp(), Date::new);
    var queue = Objects.requireNonNullElse(properties.getReceivedRoutingKey(), "");
    return new TaskDelivery(
        new TaskMessage(id, type, queue, createdAt.toInstant(), message.getBody()),
        attempt,
        redelivered);
  }

  /** The broker sets it at a redelivery only; before, it is the client's word. */
  private static int deliveryCount(Message message) {
    @Nullable Object count = message.getMessageProperties().getHeader(TaskHeaders.DELIVERY_COUNT);
    return count instanceof Number number ? number.intValue() : 1;
  }
}
