package dev.warren.sender.consuming;

import com.rabbitmq.client.Channel;
import dev.warren.contract.TaskTopology;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Which queue to read, and what to declare before. */
public final class QueueSource {

  private final Preparation preparation;

  private QueueSource(Preparation preparation) {
    this.preparation = preparation;
  }

  /** One that the topology declares. */
  public static QueueSource named(String queue) {
    return new QueueSource(channel -> queue);
  }

  /**
   * One of the reader's own, which is gone with its connection: {@code <prefix>.<random>}. Random,
   * since the broker keeps the name of a half-open connection's queue locked for half a minute.
   *
   * @param eventKeys what it takes of {@link TaskTopology#EVENTS_EXCHANGE}
   */
  public static QueueSource ofEvents(String prefix, Collection<String> eventKeys) {
    var keys = List.copyOf(eventKeys);
    return new QueueSource(
        channel -> {
          channel.exchangeDeclarePassive(TaskTopology.EVENTS_EXCHANGE); // else each try leaves one
          var queue = prefix + "." + UUID.randomUUID();
          channel.queueDeclare(queue, false, true, true, Map.of());
          for (var key : keys) {
            channel.queueBind(queue, TaskTopology.EVENTS_EXCHANGE, key);
          }
          return queue;
        });
  }

  /** Calls this each time the queue is there, before anything is taken from it; must not block. */
  public QueueSource whenDeclared(Runnable listener) {
    return new QueueSource(
        channel -> {
          var queue = preparation.on(channel);
          listener.run();
          return queue;
        });
  }

  /** Answers the queue's name. */
  String prepare(Channel channel) throws IOException {
    return preparation.on(channel);
  }

  private interface Preparation {
    String on(Channel channel) throws IOException;
  }
}
