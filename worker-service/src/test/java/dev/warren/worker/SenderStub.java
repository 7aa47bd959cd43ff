package dev.warren.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** Does at the broker what the sender API does, and looks into the queues. */
final class SenderStub implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Connection connection;
  private final Channel channel;

  /** Connects; declares nothing yet. */
  SenderStub(VirtualHost vhost) throws Exception {
    connection = vhost.connect();
    channel = connection.createChannel();
  }

  SenderStub declareTopology() throws Exception {
    channel.exchangeDeclare(TaskTopology.TASKS_EXCHANGE, BuiltinExchangeType.DIRECT, true);
    declareDeadQueue();
    declareWorkQueue();
    return this;
  }

  /** With the arguments of the sender API's own. */
  void declareWorkQueue() throws Exception {
    declare(
        TaskTopology.DEFAULT_KEY,
        Map.of(
            "x-queue-type",
            "quorum",
            "x-delivery-limit",
            20,
            "x-overflow",
            "reject-publish",
            "x-dead-letter-exchange",
            TaskTopology.TASKS_EXCHANGE,
            "x-dead-letter-routing-key",
            TaskTopology.DEAD_KEY,
            "x-dead-letter-strategy",
            "at-least-once"));
  }

  void declareDeadQueue() throws Exception {
    declare(
        TaskTopology.DEAD_KEY,
        Map.of("x-queue-type", "quorum", "x-delivery-limit", Integer.MAX_VALUE));
  }

  void delete(String queue) throws Exception {
    channel.queueDelete(queue);
  }

  /** Sends a message task and answers its id. */
  String send(String message) throws Exception {
    return send("message", JSON.writeValueAsString(Map.of("message", message)));
  }

  String send(String type, String body) throws Exception {
    var properties = properties().type(type).build();
    publish(properties, body.getBytes(UTF_8));
    return properties.getMessageId();
  }

  /** As the contract's golden file says, and answers the id that is in it. */
  String sendGolden() throws Exception {
    try (var file =
        Objects.requireNonNull(
            getClass().getResourceAsStream("/dev/warren/contract/message-task.json"))) {
      var golden = JSON.readTree(file);
      var properties = golden.get("properties");
      var id = properties.get("message_id").asString();
      var built =
          new AMQP.BasicProperties.Builder()
              .messageId(id)
              .type(properties.get("type").asString())
              .timestamp(Date.from(Instant.parse(properties.get("timestamp").asString())))
              .contentType(properties.get("content_type").asString())
              .deliveryMode(properties.get("delivery_mode").asInt())
              .headers(Map.of("queue", golden.get("headers").get("queue").asString()))
              .build();
      publish(
          golden.get("exchange").asString(),
          golden.get("routingKey").asString(),
          built,
          JSON.writeValueAsBytes(golden.get("body")));
      return id;
    }
  }

  void publish(AMQP.BasicProperties properties, byte[] body) throws Exception {
    publish(TaskTopology.TASKS_EXCHANGE, TaskTopology.DEFAULT_KEY, properties, body);
  }

  private void publish(String exchange, String key, AMQP.BasicProperties properties, byte[] body)
      throws Exception {
    try (var publishing = connection.createChannel()) {
      publishing.confirmSelect();
      publishing.basicPublish(exchange, key, true, properties, body);
      publishing.waitForConfirmsOrDie(PATIENCE.toMillis());
    }
  }

  /** A message task's, with an id of its own. */
  static AMQP.BasicProperties.Builder properties() {
    return new AMQP.BasicProperties.Builder()
        .messageId(UUID.randomUUID().toString())
        .type("message")
        .timestamp(new Date())
        .contentType("application/json")
        .deliveryMode(2)
        .headers(Map.of("queue", "default"));
  }

  /** Waits for the next buried task and takes it away. */
  GetResponse takeBuried() {
    return await("a buried task")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> take(TaskTopology.DEAD_QUEUE), Objects::nonNull);
  }

  /** Takes the next message of a queue away; null where there is none. */
  GetResponse take(String queue) throws Exception {
    return channel.basicGet(queue, true);
  }

  /** Takes the next task as a worker that ends before it is done. */
  void takeAndGiveBack() throws Exception {
    var delivery =
        await("a task to take")
            .atMost(PATIENCE)
            .until(() -> channel.basicGet(TaskTopology.DEFAULT_QUEUE, false), Objects::nonNull);
    channel.basicReject(delivery.getEnvelope().getDeliveryTag(), true);
  }

  @Override
  public void close() {
    connection.abort();
  }

  private void declare(String key, Map<String, Object> arguments) throws Exception {
    var queue = TaskTopology.queueOf(key);
    channel.queueDeclare(queue, true, false, false, arguments);
    channel.queueBind(queue, TaskTopology.TASKS_EXCHANGE, key);
  }
}
