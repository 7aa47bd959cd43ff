package dev.warren.worker.publishing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;

/** Publishes what must not be lost: again and again, until the broker has confirmed it. */
public final class ConfirmedPublisher {

  private static final Logger log = LoggerFactory.getLogger(ConfirmedPublisher.class);

  private static final long CONFIRM_TIMEOUT_SECONDS = 5;
  private static final Duration MIN_BACKOFF = Duration.ofMillis(100);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

  /** The broker's frame_max is 128 KiB; the rest is for what the library adds. */
  private static final int MAX_FRAME = 120 * 1024;

  private static final DefaultMessagePropertiesConverter CONVERTER =
      new DefaultMessagePropertiesConverter();

  private final RabbitOperations rabbit;

  public ConfirmedPublisher(RabbitOperations rabbit) {
    this.rabbit = rabbit;
  }

  /**
   * Whether the broker confirmed that it has it and returned nothing.
   *
   * @param what for the log
   * @param wanted whether to wait longer, and to try again
   */
  boolean publish(String what, String exchange, String key, Message message, BooleanSupplier wanted)
      throws InterruptedException {
    var backoff = MIN_BACKOFF;
    while (!isTaken(what, exchange, key, message, wanted)) {
      if (!wanted.getAsBoolean()) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(backoff.toNanos());
      var longer = backoff.multipliedBy(2);
      backoff = longer.compareTo(MAX_BACKOFF) < 0 ? longer : MAX_BACKOFF;
    }
    return true;
  }

  private boolean isTaken(
      String what, String exchange, String key, Message message, BooleanSupplier wanted)
      throws InterruptedException {
    try {
      var correlation = new CorrelationData();
      rabbit.send(exchange, key, message, correlation);
      return isConfirmed(what, correlation, wanted);
    } catch (RuntimeException | ExecutionException e) {
      log.warn("the broker did not take {}: {}", what, e.toString());
      return false;
    }
  }

  /** A lost connection ends the wait; published again under an alarm, it would be there twice. */
  private static boolean isConfirmed(
      String what, CorrelationData correlation, BooleanSupplier wanted)
      throws InterruptedException, ExecutionException {
    do {
      try {
        var confirm = correlation.getFuture().get(CONFIRM_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        var returned = correlation.getReturned();
        if (!confirm.ack()) {
          log.warn("the broker did not take {}: nacked, {}", what, confirm.reason());
        } else if (returned != null) {
          var key = returned.getRoutingKey();
          log.warn("the broker did not take {}: nothing is bound to the key {}", what, key);
        }
        return confirm.ack() && returned == null;
      } catch (TimeoutException e) {
        log.warn("the broker has not confirmed {} yet; is it blocked by an alarm?", what);
      }
    } while (wanted.getAsBoolean());
    return false;
  }

  /**
   * Whether they go into one frame, as a message's properties must. The client would notice only
   * after counting the publish, and all later confirms of that channel would be off by one.
   */
  static boolean fits(MessageProperties properties) {
    try {
      var encoded = CONVERTER.fromMessageProperties(properties, StandardCharsets.UTF_8.name());
      return encoded.toFrame(0, 0).size() <= MAX_FRAME;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
