package dev.warren.worker.control;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.contract.ControlMessage;
import dev.warren.contract.TaskTopology;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/**
 * A queue of this worker alone, bound to what all workers are told; it is gone with its connection,
 * which is that of the tasks. Its name is random, since the broker keeps that of a half-open
 * connection's queue locked for half a minute.
 */
final class ControlQueue extends DefaultConsumer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ControlQueue.class);

  private final BlockingQueue<ControlMessage> messages = new LinkedBlockingQueue<>();
  private volatile boolean cancelled;

  private ControlQueue(Channel channel) {
    super(channel);
  }

  /**
   * Declares it and listens.
   *
   * @throws NoExchange where no API has declared the exchange
   */
  static ControlQueue open(ConnectionFactory connections, String worker) throws IOException {
    var connection = Objects.requireNonNull(connections.createConnection().getDelegate());
    var channel = connection.openChannel().orElseThrow(() -> new IOException("no free channel"));
    var queue = new ControlQueue(channel);
    try {
      queue.declare(TaskTopology.controlQueueOf(worker) + UUID.randomUUID());
      return queue;
    } catch (IOException | RuntimeException e) {
      queue.close();
      throw e;
    }
  }

  private void declare(String name) throws IOException {
    var channel = getChannel();
    try {
      channel.exchangeDeclarePassive(TaskTopology.CONTROL_EXCHANGE);
    } catch (IOException e) {
      throw isNotFound(e) ? new NoExchange(e) : e;
    }
    channel.queueDeclare(name, false, true, true, Map.of());
    channel.queueBind(name, TaskTopology.CONTROL_EXCHANGE, "");
    channel.basicConsume(name, true, this);
  }

  @Override
  public void handleDelivery(
      String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
    ControlMessage.from(body)
        .ifPresentOrElse(messages::add, () -> log.debug("no message that this worker knows"));
  }

  @Override
  public void handleCancel(String consumerTag) {
    cancelled = true;
  }

  boolean isOpen() {
    return !cancelled && getChannel().isOpen();
  }

  @Nullable ControlMessage next(Duration atMost) throws InterruptedException {
    return messages.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    try {
      getChannel().close();
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      log.debug("closed already", e);
    }
  }

  private static boolean isNotFound(IOException failure) {
    return Optional.ofNullable(failure.getCause())
        .filter(cause -> cause instanceof ShutdownSignalException)
        .map(cause -> ((ShutdownSignalException) cause).getReason())
        .filter(reason -> reason instanceof AMQP.Channel.Close)
        .filter(reason -> ((AMQP.Channel.Close) reason).getReplyCode() == AMQP.NOT_FOUND)
        .isPresent();
  }

  /** Nobody is there to tell anything. */
  static final class NoExchange extends IOException {
    NoExchange(IOException cause) {
      super("there is no exchange " + TaskTopology.CONTROL_EXCHANGE, cause);
    }
  }
}
