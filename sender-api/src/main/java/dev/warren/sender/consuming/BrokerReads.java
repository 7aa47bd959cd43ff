package dev.warren.sender.consuming;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The connection for all that is read from the broker. All of it may block: never to be called on
 * the event loop.
 */
public final class BrokerReads implements SmartLifecycle {

  /**
   * The event loop is the publisher's as well, and the client library stops it when a channel has
   * 1,000 deliveries that nobody took yet.
   */
  public static final int MAX_PREFETCH = 500;

  private static final int ABORT_MILLIS = 1000;

  private final ConnectionFactory connectionFactory;
  private @Nullable Connection connection;
  private volatile boolean running;

  /**
   * @param connectionFactory Spring's of publishers: not this application's publisher, but simply a
   *     second connection with the same settings
   */
  BrokerReads(ConnectionFactory connectionFactory) {
    this.connectionFactory = connectionFactory;
  }

  /** A reader of this queue; it connects when it is first asked. */
  public QueueReader reader(QueueSource source, int prefetch) {
    return new QueueReader(this, source, prefetch);
  }

  /**
   * Looks at a queue; empty where there is no such queue.
   *
   * @throws IOException where the broker cannot be asked
   */
  public Optional<QueueCounts> look(String queue) throws IOException {
    try (var channel = openChannel()) {
      var declared = channel.queueDeclarePassive(queue);
      return Optional.of(new QueueCounts(declared.getMessageCount(), declared.getConsumerCount()));
    } catch (TimeoutException e) {
      throw new IOException(e);
    } catch (IOException e) {
      if (isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Whether its quorum queues honour priorities, as they do from RabbitMQ 4.0 on; may block.
   *
   * @throws IOException where the broker cannot be asked
   */
  public boolean honoursPriority() throws IOException {
    var version = String.valueOf(open().getServerProperties().get("version"));
    var major = version.replaceFirst("\\D.*", "");
    return !major.isEmpty() && Integer.parseInt(major) >= 4;
  }

  Channel openChannel() throws IOException {
    try {
      return open().openChannel().orElseThrow(() -> new IOException("no free AMQP channel"));
    } catch (RuntimeException e) { // Spring's, of a connection that fails
      throw new IOException(e);
    }
  }

  private synchronized Connection open() throws IOException {
    if (!running) {
      throw new IOException("the sender is shutting down");
    }
    var current = connection;
    if (current == null || !current.isOpen()) {
      current = Objects.requireNonNull(connectionFactory.createConnection().getDelegate());
      connection = current;
    }
    return current;
  }

  private static boolean isNotFound(IOException failure) {
    return failure.getCause() instanceof ShutdownSignalException signal
        && signal.getReason() instanceof AMQP.Channel.Close close
        && close.getReplyCode() == AMQP.NOT_FOUND;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    var current = connection;
    if (current != null) {
      current.abort(ABORT_MILLIS); // Spring would wait 30 s for a frozen broker's answer
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Below those who read, so that they are stopped first. */
  @Override
  public int getPhase() {
    return 0;
  }
}
