package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/** Buries tasks: publishes them to {@code tasks.dead} with the reason in their headers. */
final class DeadLetters {

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private static final long CONFIRM_TIMEOUT_SECONDS = 5;
  private static final int MAX_DETAIL = 1000;

  private final RabbitOperations rabbit;
  private final String worker;
  private final Clock clock;

  DeadLetters(RabbitOperations rabbit, String worker, Clock clock) {
    this.rabbit = rabbit;
    this.worker = worker;
    this.clock = clock;
  }

  /** Whether the broker confirmed that it has the buried task. */
  boolean bury(Message message, DeadReason reason, String detail) throws InterruptedException {
    var dead = new Message(message.getBody(), copyOf(message.getMessageProperties()));
    var headers = dead.getMessageProperties();
    headers.setHeader(TaskHeaders.DEAD_REASON, reason.code());
    headers.setHeader(
        TaskHeaders.DEAD_DETAIL, detail.substring(0, Math.min(detail.length(), MAX_DETAIL)));
    headers.setHeader(TaskHeaders.DEAD_WORKER, worker);
    headers.setHeader(TaskHeaders.DEAD_AT, clock.instant().toString());
    try {
      return isConfirmed(dead);
    } catch (AmqpException | ExecutionException | TimeoutException e) {
      log.warn("the broker did not take a buried task: {}", e.toString());
      return false;
    }
  }

  private boolean isConfirmed(Message dead)
      throws InterruptedException, ExecutionException, TimeoutException {
    var correlation = new CorrelationData();
    rabbit.send(TaskTopology.TASKS_EXCHANGE, TaskTopology.DEAD_KEY, dead, correlation);
    var confirm = correlation.getFuture().get(CONFIRM_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    return confirm.ack() && correlation.getReturned() == null;
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
}
