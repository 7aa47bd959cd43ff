package dev.warren.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.LongString;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.testbroker.VirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Takes the tasks of one queue and says of each what it is told to say, as a worker would. */
final class StubWorker implements AutoCloseable {

  private final Connection connection;
  private final Channel events;

  private StubWorker(Connection connection) throws IOException {
    this.connection = connection;
    this.events = connection.createChannel();
  }

  /** Answers each task with what this makes of it. */
  static StubWorker answering(
      VirtualHost vhost, String key, Function<TaskMessage, TaskEvent> work) {
    return taking(vhost, key, worker -> task -> worker.tell(work.apply(task)));
  }

  /** Gives each task to this, which may answer it later. */
  static StubWorker taking(
      VirtualHost vhost, String key, Function<StubWorker, Consumer<TaskMessage>> receiver) {
    try {
      var worker = new StubWorker(vhost.connect());
      worker.take(TaskTopology.queueOf(key), receiver.apply(worker));
      return worker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(String queue, Consumer<TaskMessage> receiver) throws IOException {
    var tasks = connection.createChannel();
    tasks.basicConsume(
        queue,
        true,
        new DefaultConsumer(tasks) {
          @Override
          public void handleDelivery(
              String tag, Envelope envelope, BasicProperties properties, byte[] body) {
            receiver.accept(taskOf(envelope, properties, body));
          }
        });
  }

  /** Publishes an event. */
  synchronized void tell(TaskEvent event) {
    var wire = event.toWire();
    var properties =
        new BasicProperties.Builder()
            .messageId(wire.messageId())
            .type(wire.type())
            .headers(wire.headers())
            .deliveryMode(2)
            .build();
    try {
      events.basicPublish(wire.exchange(), wire.routingKey(), properties, wire.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TaskEvent succeeded(TaskMessage task, String result) {
    return event(Kind.SUCCEEDED, task, null, result.getBytes(UTF_8));
  }

  static TaskEvent failed(TaskMessage task, TaskFailure failure) {
    return event(Kind.FAILED, task, failure, task.payload());
  }

  static TaskEvent event(Kind kind, TaskMessage task, TaskFailure failure, byte[] body) {
    var now = Instant.now();
    return new TaskEvent(kind, task, 1, "stub", now, now, failure, null, body);
  }

  private static TaskMessage taskOf(Envelope envelope, BasicProperties properties, byte[] body) {
    var wire =
        new WireMessage(
            envelope.getExchange(),
            envelope.getRoutingKey(),
            properties.getMessageId(),
            properties.getType(),
            null,
            properties.getPriority(),
            null,
            null,
            headersOf(properties),
            body);
    return TaskMessage.from(wire, Instant.now());
  }

  private static Map<String, Object> headersOf(BasicProperties properties) {
    var headers = new HashMap<String, Object>();
    properties
        .getHeaders()
        .forEach(
            (name, value) ->
                headers.put(name, value instanceof LongString ? value.toString() : value));
    return headers;
  }

  @Override
  public void close() {
    connection.abort();
  }
}
