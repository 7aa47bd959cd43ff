package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;

/** Buries tasks: publishes them to {@code tasks.dead} with the reason in their headers. */
final class DeadLetters {

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private static final long CONFIRM_TIMEOUT_SECONDS = 5;
  private static final int MAX_DETAIL = 1000;

  /** The broker's frame_max is 128 KiB; the rest is for what burying adds. */
  private static final int MAX_FRAME = 120 * 1024;

  /** So many characters are at most 255 bytes, which is AMQP's limit. */
  private static final int MAX_NAME = 85;

  private static final DefaultMessagePropertiesConverter CONVERTER =
      new DefaultMessagePropertiesConverter();

  private final RabbitOperations rabbit;
  private final String worker;
  private final Clock clock;

  DeadLetters(RabbitOperations rabbit, String worker, Clock clock) {
    this.rabbit = rabbit;
    this.worker = worker;
    this.clock = clock;
  }

  /**
   * Whether the broker confirmed that it has the buried task.
   *
   * @param held whether this worker still holds the delivery, and so waits for the confirm
   */
  boolean bury(Message message, DeadReason reason, String detail, BooleanSupplier held)
      throws InterruptedException {
    var original = message.getMessageProperties();
    var copy = copyOf(original);
    var dead = new Message(message.getBody(), fits(copy) ? copy : nameOf(original));
    var headers = dead.getMessageProperties();
    headers.setHeader(TaskHeaders.DEAD_REASON, reason.code());
    headers.setHeader(
        TaskHeaders.DEAD_DETAIL, detail.substring(0, Math.min(detail.length(), MAX_DETAIL)));
    headers.setHeader(TaskHeaders.DEAD_WORKER, worker);
    headers.setHeader(TaskHeaders.DEAD_AT, clock.instant().toString());
    try {
      return isConfirmed(dead, held);
    } catch (AmqpException | ExecutionException e) {
      log.warn("the broker did not take a buried task: {}", e.toString());
      return false;
    }
  }

  /** A lost connection ends the wait; published again under an alarm, it would be there twice. */
  private boolean isConfirmed(Message dead, BooleanSupplier held)
      throws InterruptedException, ExecutionException {
    var correlation = new CorrelationData();
    rabbit.send(TaskTopology.TASKS_EXCHANGE, TaskTopology.DEAD_KEY, dead, correlation);
    do {
      try {
        var confirm = correlation.getFuture().get(CONFIRM_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        var taken = confirm.ack() && correlation.getReturned() == null;
        if (!taken) {
          log.warn("the broker did not take a buried task: {}", refusal(confirm));
        }
        return taken;
      } catch (TimeoutException e) {
        log.warn("the broker has not confirmed a buried task yet; is it blocked by an alarm?");
      }
    } while (held.getAsBoolean());
    return false;
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

  private static String refusal(CorrelationData.Confirm confirm) {
    return confirm.ack()
        ? "nothing is bound to the key " + TaskTopology.DEAD_KEY
        : "nacked, " + confirm.reason();
  }

  /**
   * Whether it goes into one frame, as a message's properties must. They did when they came, but
   * there are more of them now, and bytes that were no text have grown. The client would notice
   * only after counting the publish, and all later confirms of that channel would be off by one.
   */
  private static boolean fits(MessageProperties properties) {
    try {
      var encoded = CONVERTER.fromMessageProperties(properties, StandardCharsets.UTF_8.name());
      return encoded.toFrame(0, 0).size() <= MAX_FRAME;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
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
