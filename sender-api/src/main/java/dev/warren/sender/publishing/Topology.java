package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.contract.TaskTopology;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Declares the exchange, the queues and their bindings. Doing so again changes nothing; what is
 * there but declared otherwise is reported, never deleted.
 */
final class Topology {

  /** The backstop: a worker buries a task long before the broker does. */
  private static final int DELIVERY_LIMIT = 20;

  private static final Map<String, Object> WORK_QUEUE =
      Map.of(
          "x-queue-type",
          "quorum",
          "x-delivery-limit",
          DELIVERY_LIMIT,
          "x-overflow",
          "reject-publish",
          "x-dead-letter-exchange",
          TaskTopology.TASKS_EXCHANGE,
          "x-dead-letter-routing-key",
          TaskTopology.DEAD_KEY,
          "x-dead-letter-strategy",
          "at-least-once");

  /** A limit, since 4.x would else drop after 20; the largest, since 3.10 drops at once with -1. */
  private static final Map<String, Object> DEAD_QUEUE =
      Map.of("x-queue-type", "quorum", "x-delivery-limit", Integer.MAX_VALUE);

  private final Connection connection;

  Topology(Connection connection) {
    this.connection = connection;
  }

  /** Whether all queues are there, declared in whatever way. */
  boolean exists() throws IOException, TimeoutException {
    return exists(TaskTopology.DEFAULT_QUEUE) && exists(TaskTopology.DEAD_QUEUE);
  }

  /**
   * @throws TopologyMismatch where something is there and differs, or may not be declared
   */
  void declare() throws IOException, TimeoutException {
    onOwnChannel(
        channel ->
            channel.exchangeDeclare(TaskTopology.TASKS_EXCHANGE, BuiltinExchangeType.DIRECT, true));
    declareQueue(TaskTopology.DEAD_KEY, DEAD_QUEUE);
    declareQueue(TaskTopology.DEFAULT_KEY, WORK_QUEUE);
  }

  private void declareQueue(String key, Map<String, Object> arguments)
      throws IOException, TimeoutException {
    var queue = TaskTopology.queueOf(key);
    onOwnChannel(
        channel -> {
          channel.queueDeclare(queue, true, false, false, arguments);
          channel.queueBind(queue, TaskTopology.TASKS_EXCHANGE, key);
        });
  }

  private boolean exists(String queue) throws IOException, TimeoutException {
    try {
      onOwnChannel(channel -> channel.queueDeclarePassive(queue));
      return true;
    } catch (TopologyMismatch e) {
      if (e.replyCode() == AMQP.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** The broker closes the channel on which something is refused, so each step has its own. */
  private void onOwnChannel(Step step) throws IOException, TimeoutException {
    try (var channel = connection.openChannel().orElseThrow(NoFreeChannel::new)) {
      step.on(channel);
    } catch (IOException e) {
      if (e.getCause() instanceof ShutdownSignalException signal
          && signal.getReason() instanceof AMQP.Channel.Close close) {
        throw new TopologyMismatch(close.getReplyCode(), close.getReplyText(), e);
      }
      throw e;
    }
  }

  private interface Step {
    void on(Channel channel) throws IOException;
  }

  private static final class NoFreeChannel extends IOException {
    NoFreeChannel() {
      super("the connection has no free channel");
    }
  }
}
