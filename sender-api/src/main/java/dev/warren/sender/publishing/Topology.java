package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.contract.TaskTopology;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * Declares the exchanges, the queues and their bindings. Doing so again changes nothing; what is
 * there but declared otherwise is reported, never deleted.
 */
final class Topology {

  private final Connection connection;
  private final Set<String> keys;

  /**
   * @param keys of the queues of tasks
   */
  Topology(Connection connection, Set<String> keys) {
    this.connection = connection;
    this.keys = keys;
  }

  /** Whether all queues are there, declared in whatever way. */
  boolean exists() throws IOException, TimeoutException {
    for (var key : keys) {
      if (!exists(TaskTopology.queueOf(key))) {
        return false;
      }
    }
    return exists(TaskTopology.DEAD_QUEUE) && exists(TaskTopology.LEDGER_QUEUE);
  }

  /**
   * @throws TopologyMismatch where something is there and differs, or may not be declared
   */
  void declare() throws IOException, TimeoutException {
    onOwnChannel(
        channel -> {
          channel.exchangeDeclare(TaskTopology.TASKS_EXCHANGE, BuiltinExchangeType.DIRECT, true);
          channel.exchangeDeclare(TaskTopology.EVENTS_EXCHANGE, BuiltinExchangeType.TOPIC, true);
          channel.exchangeDeclare(TaskTopology.CONTROL_EXCHANGE, BuiltinExchangeType.FANOUT, true);
        });
    declareQueue(TaskTopology.DEAD_KEY, TaskTopology.DEAD_QUEUE_ARGUMENTS);
    declareQueue(TaskTopology.LEDGER_KEY, TaskTopology.LEDGER_QUEUE_ARGUMENTS);
    bindLedger();
    for (var key : keys) {
      declareQueue(key, TaskTopology.WORK_QUEUE_ARGUMENTS);
    }
  }

  /** Before the queues of tasks, so that no task is taken that the ledger gets no copy of. */
  private void bindLedger() throws IOException, TimeoutException {
    onOwnChannel(
        channel -> {
          for (var key : keys) {
            channel.queueBind(TaskTopology.LEDGER_QUEUE, TaskTopology.TASKS_EXCHANGE, key);
          }
          channel.queueBind(
              TaskTopology.LEDGER_QUEUE, TaskTopology.TASKS_EXCHANGE, TaskTopology.SCHEDULED_KEY);
          channel.queueBind(
              TaskTopology.LEDGER_QUEUE,
              TaskTopology.EVENTS_EXCHANGE,
              TaskTopology.ALL_TASK_EVENTS);
        });
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
