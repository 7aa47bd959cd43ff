package dev.warren.worker.publishing;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/** Buries tasks: publishes them to {@code tasks.dead} with the reason in their headers. */
public final class DeadLetters {

  private static final int MAX_DETAIL = 1000;

  /** So many characters are at most 255 bytes, which is AMQP's limit. */
  private static final int MAX_NAME = 85;

  private final ConfirmedPublisher publisher;
  private final String worker;
  private final Clock clock;

  public DeadLetters(ConfirmedPublisher publisher, String worker, Clock clock) {
    this.publisher = publisher;
    this.worker = worker;
    this.clock = clock;
  }

  /**
   * Whether the broker confirmed that it has the buried task.
   *
   * @param held whether this worker still holds the delivery, and so tries again
   */
  public boolean bury(Message message, DeadReason reason, String detail, BooleanSupplier held)
      throws InterruptedException {
    var original = message.getMessageProperties();
    var copy = copyOf(original);
    var dead = new Message(message.getBody(), withinAFrame(copy, original));
    var headers = dead.getMessageProperties();
    var key = original.getReceivedRoutingKey();
    if (key != null && headers.getHeader(TaskHeaders.QUEUE) == null) {
      headers.setHeader(TaskHeaders.QUEUE, key); // the dead queue's says nothing of it
    }
    headers.setHeader(TaskHeaders.DEAD_REASON, reason.code());
    headers.setHeader(
        TaskHeaders.DEAD_DETAIL, detail.substring(0, Math.min(detail.length(), MAX_DETAIL)));
    headers.setHeader(TaskHeaders.DEAD_WORKER, worker);
    headers.setHeader(TaskHeaders.DEAD_AT, clock.instant().toString());
    return publisher.publish(
        "a buried task", TaskTopology.TASKS_EXCHANGE, TaskTopology.DEAD_KEY, dead, held);
  }

  /**
   * What may be kept of a message that anyone may have sent. Not {@code user_id}, which the broker
   * would refuse from us, nor {@code expiration}, which would let it vanish, nor the headers by
   * which the broker routes ({@code CC}, {@code BCC}) or remembers ({@code x-death}).
   */
  private static MessageProperties copyOf(MessageProperties original) {
    var copy = new MessageProperties();
    copy.setMessageId(original.getMessageId());
    copy.setType(original.getType());
    copy.setTimestamp(original.getTimestamp());
    copy.setPriority(original.getPriority());
    copy.setContentType(original.getContentType());
    copy.setContentEncoding(original.getContentEncoding());
    copy.setCorrelationId(original.getCorrelationId());
    copy.setReplyTo(original.getReplyTo());
    copy.setAppId(original.getAppId());
    copy.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
    original
        .getHeaders()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("x-") && !name.equals("CC") && !name.equals("BCC")) {
                copy.setHeader(name, value);
              }
            });
    return copy;
  }

  /** They did fit when they came, but bytes that were no text have grown. */
  private static MessageProperties withinAFrame(
      MessageProperties copy, MessageProperties original) {
    return ConfirmedPublisher.fits(copy) ? copy : nameOf(original);
  }

  private static MessageProperties nameOf(MessageProperties original) {
    var name = new MessageProperties();
    name.setMessageId(cut(original.getMessageId()));
    name.setType(cut(original.getType()));
    name.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
    return name;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null ? null : text.substring(0, Math.min(text.length(), MAX_NAME));
  }
}
