package dev.warren.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.TaskType;
import dev.warren.contract.WireMessage;
import dev.warren.testbroker.VirtualHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Does at the broker what the sender API does, and looks into the queues. */
final class SenderStub implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Connection connection;
  private final Channel channel;
  private final List<WireMessage> heard = new CopyOnWriteArrayList<>();

  /** Connects; declares nothing yet. */
  SenderStub(VirtualHost vhost) throws Exception {
    connection = vhost.connect();
    channel = connection.createChannel();
  }

  SenderStub declareTopology() throws Exception {
    channel.exchangeDeclare(TaskTopology.TASKS_EXCHANGE, BuiltinExchangeType.DIRECT, true);
    channel.exchangeDeclare(TaskTopology.EVENTS_EXCHANGE, BuiltinExchangeType.TOPIC, true);
    declareLedgerQueue();
    declareDeadQueue();
    declareWorkQueue(TaskTopology.DEFAULT_KEY);
    return listen();
  }

  void declareWorkQueue(String key) throws Exception {
    declare(key, TaskTopology.WORK_QUEUE_ARGUMENTS);
  }

  void declareDeadQueue() throws Exception {
    declare(TaskTopology.DEAD_KEY, TaskTopology.DEAD_QUEUE_ARGUMENTS);
  }

  /** Bound to the events alone: no test wants the copies of the tasks. */
  void declareLedgerQueue() throws Exception {
    channel.queueDeclare(
        TaskTopology.LEDGER_QUEUE, true, false, false, TaskTopology.LEDGER_QUEUE_ARGUMENTS);
    channel.queueBind(
        TaskTopology.LEDGER_QUEUE, TaskTopology.EVENTS_EXCHANGE, TaskTopology.ALL_TASK_EVENTS);
  }

  /** Reads what comes to the ledger's queue from now on. */
  SenderStub listen() throws Exception {
    channel.basicConsume(
        TaskTopology.LEDGER_QUEUE,
        true,
        (tag, delivery) -> heard.add(wire(delivery)),
        (tag, shutdown) -> {});
    return this;
  }

  /** What came to the ledger's queue about a task, in that order. */
  List<TaskEvent> events(String id) {
    return messages(id).stream()
        .map(message -> TaskEvent.from(message, Instant.now()).orElseThrow())
        .toList();
  }

  List<WireMessage> messages(String id) {
    return heard.stream().filter(message -> id.equals(message.messageId())).toList();
  }

  /** Waits for the first event of this kind about a task. */
  TaskEvent awaitEvent(String id, Kind kind) {
    return await(kind + " of " + id)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> events(id).stream().filter(event -> event.kind() == kind).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static WireMessage wire(Delivery delivery) {
    var properties = delivery.getProperties();
    var headers = new HashMap<String, Object>();
    properties.getHeaders().forEach((name, value) -> headers.put(name, plain(value)));
    headers.keySet().removeIf(name -> name.startsWith("spring_")); // the client library's own
    return new WireMessage(
        delivery.getEnvelope().getExchange(),
        delivery.getEnvelope().getRoutingKey(),
        properties.getMessageId(),
        properties.getType(),
        properties.getTimestamp() == null ? null : properties.getTimestamp().toInstant(),
        properties.getPriority(),
        properties.getReplyTo(),
        properties.getCorrelationId(),
        headers,
        delivery.getBody());
  }

  private static Object plain(Object value) {
    if (value instanceof Map<?, ?> table) {
      var plain = new TreeMap<String, Object>();
      table.forEach((key, each) -> plain.put(key.toString(), plain(each)));
      return plain;
    }
    return value instanceof LongString ? value.toString() : value;
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

  /** A task of one of the contract's types, sent to the queue of that. */
  String call(TaskType<?, ?> type, String body) throws Exception {
    var properties = properties().type(type.name()).headers(Map.of("queue", type.queue())).build();
    publish(TaskTopology.TASKS_EXCHANGE, type.queue(), properties, body.getBytes(UTF_8));
    return properties.getMessageId();
  }

  /** A task with these headers beside its queue's. */
  String send(String type, String body, Map<String, Object> headers) throws Exception {
    var all = new HashMap<String, Object>(headers);
    all.put("queue", "default");
    var properties = properties().type(type).headers(all).build();
    publish(properties, body.getBytes(UTF_8));
    return properties.getMessageId();
  }

  /** One of the contract's golden files. */
  static JsonNode golden(String name) throws IOException {
    try (var file =
        Objects.requireNonNull(
            SenderStub.class.getResourceAsStream("/dev/warren/contract/" + name))) {
      return JSON.readTree(file);
    }
  }

  /** As a golden file says, and answers the id that is in it. */
  String send(JsonNode golden) throws Exception {
    var properties = golden.get("properties");
    var id = properties.get("message_id").asString();
    var built =
        new AMQP.BasicProperties.Builder()
            .messageId(id)
            .type(properties.get("type").asString())
            .timestamp(Date.from(Instant.parse(properties.get("timestamp").asString())))
            .priority(properties.get("priority").asInt())
            .replyTo(properties.get("reply_to").asString())
            .correlationId(properties.get("correlation_id").asString())
            .contentType(properties.get("content_type").asString())
            .deliveryMode(properties.get("delivery_mode").asInt())
            .headers(JSON.convertValue(golden.get("headers"), new TypeReference<>() {}))
            .build();
    publish(
        golden.get("exchange").asString(),
        golden.get("routingKey").asString(),
        built,
        JSON.writeValueAsBytes(golden.get("body")));
    return id;
  }

  void publish(AMQP.BasicProperties properties, byte[] body) throws Exception {
    publish(TaskTopology.TASKS_EXCHANGE, TaskTopology.DEFAULT_KEY, properties, body);
  }

  /** Sends a message task to another queue than the usual. */
  String sendTo(String key, String message) throws Exception {
    var properties = properties().headers(Map.of("queue", key)).build();
    var body = JSON.writeValueAsBytes(Map.of("message", message));
    publish(TaskTopology.TASKS_EXCHANGE, key, properties, body);
    return properties.getMessageId();
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

  /** Waits for the next task in the default queue and takes it away. */
  GetResponse awaitTask() {
    return await("a task")
        .atMost(PATIENCE)
        .until(() -> take(TaskTopology.DEFAULT_QUEUE), Objects::nonNull);
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
