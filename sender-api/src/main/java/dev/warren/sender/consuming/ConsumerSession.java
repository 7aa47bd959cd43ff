package dev.warren.sender.consuming;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One channel's life as a consumer of one queue; what it got and did not acknowledge goes back. */
final class ConsumerSession extends DefaultConsumer {

  private static final Logger log = LoggerFactory.getLogger(ConsumerSession.class);

  /** Bounded by the prefetch. */
  private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

  private volatile boolean cancelled;

  private ConsumerSession(Channel channel) {
    super(channel);
  }

  /** Takes over the channel. */
  static ConsumerSession open(Channel channel, QueueSource source, int prefetch)
      throws IOException {
    var session = new ConsumerSession(channel);
    try {
      channel.basicQos(prefetch);
      channel.basicConsume(source.prepare(channel), session);
      return session;
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public void handleDelivery(
      String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
    var message = WireMessages.of(envelope, properties, body);
    deliveries.add(new Delivery(message, envelope.getDeliveryTag(), this));
  }

  /** The queue was deleted, or its node went. */
  @Override
  public void handleCancel(String consumerTag) {
    cancelled = true;
  }

  boolean isOpen() {
    return !cancelled && getChannel().isOpen();
  }

  @Nullable Delivery poll(Duration atMost) throws InterruptedException {
    return deliveries.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether it was sent; what was not comes again. */
  boolean acknowledgeUpTo(long tag) {
    try {
      getChannel().basicAck(tag, true);
      return true;
    } catch (IOException | AlreadyClosedException e) {
      log.debug("not acknowledged, it will come again", e);
      return false;
    }
  }

  void close() {
    try {
      getChannel().close();
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      log.debug("closed already", e);
    }
  }
}
