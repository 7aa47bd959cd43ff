package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Kind;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What two workers of one name say of themselves, which were there before the queues. */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodName.class) // the end comes last
class PresenceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final SenderStub sender;
  private final Connection connection;
  private final List<WorkerProcess> workers;
  private final List<Delivery> heard = new CopyOnWriteArrayList<>();

  PresenceIT(VirtualHost vhost) throws Exception {
    var environment = Map.of("WORKER_CHAOS", "true", "WORKER_CONCURRENCY", "2");
    workers =
        List.of(
            WorkerProcess.start("worker-1", vhost.uriOf("worker"), environment),
            WorkerProcess.start("worker-1", vhost.uriOf("worker"), environment));
    for (var worker : workers) {
      worker.awaitLine(line -> line.startsWith("Started "));
    }
    connection = vhost.connect();
    listen();
    sender = new SenderStub(vhost).declareTopology();
  }

  private void listen() throws Exception {
    var channel = connection.createChannel();
    channel.exchangeDeclare(TaskTopology.EVENTS_EXCHANGE, BuiltinExchangeType.TOPIC, true);
    var queue = channel.queueDeclare().getQueue();
    channel.queueBind(queue, TaskTopology.EVENTS_EXCHANGE, TaskTopology.ALL_WORKER_EVENTS);
    channel.basicConsume(queue, true, (tag, delivery) -> heard.add(delivery), tag -> {});
  }

  @BeforeAll
  void start() {
    workers.forEach(WorkerProcess::ready);
  }

  @AfterAll
  void stop() {
    workers.forEach(WorkerProcess::close);
    connection.abort();
    sender.close();
  }

  @Test
  void isToldFromTheStart_andAgain_byEach() {
    await("two instances, twice")
        .atMost(PATIENCE)
        .until(() -> instances().size() == 2 && presences(Kind.ALIVE).size() >= 4);

    assertThat(presences(Kind.ALIVE))
        .allSatisfy(
            said -> {
              assertThat(said.name()).isEqualTo("worker-1");
              assertThat(said.queues()).containsExactly("default");
              assertThat(said.concurrency()).isEqualTo(2);
              assertThat(said.startedAt()).isBefore(Instant.now());
              assertThat(said.host()).isNotBlank();
            });
    for (var worker : workers) { // the exchange was not there at first
      assertThat(worker.rawLines()).noneMatch(line -> line.contains(" ERROR "));
    }
  }

  @Test
  void isTheGoldenMessage() throws Exception {
    var id = sender.send("chaos", "{\"sleepSeconds\":8}", Map.of("attempt", 2));
    var told = awaitPresence(said -> holds(said, id));
    var message =
        heard.stream()
            .filter(each -> holds(WorkerPresence.from(each.getBody()).orElseThrow(), id))
            .findFirst()
            .orElseThrow();
    var golden = SenderStub.golden("message-worker.json");

    assertThat(message.getEnvelope().getExchange()).isEqualTo(golden.get("exchange").asString());
    assertThat(message.getEnvelope().getRoutingKey())
        .isEqualTo(golden.get("routingKey").asString());
    var properties = golden.get("properties");
    assertThat(message.getProperties().getContentType())
        .isEqualTo(properties.get("content_type").asString());
    assertThat(message.getProperties().getDeliveryMode())
        .isEqualTo(properties.get("delivery_mode").asInt());
    assertSameShape(JSON.readTree(message.getBody()), golden.get("body"));
    var slot = told.slots().get(0);
    assertThat(slot.type()).isEqualTo("chaos");
    assertThat(slot.queue()).isEqualTo("default");
    assertThat(slot.attempt()).isEqualTo(2);
    assertThat(slot.delivery()).isEqualTo(1);
    assertThat(slot.since()).isBefore(told.sentAt());

    sender.awaitEvent(id, TaskEvent.Kind.SUCCEEDED);
    var after =
        awaitPresence(
            said -> said.instance().equals(told.instance()) && said.done() == told.done() + 1);
    assertThat(after.slots()).isEmpty();
  }

  @Test
  void isWithdrawn_atACleanEnd() {
    var before = new HashSet<>(instances());
    workers.get(0).terminate();

    var stopped =
        await("the last word")
            .atMost(PATIENCE)
            .until(() -> presences(Kind.STOPPED), each -> !each.isEmpty());

    assertThat(workers.get(0).exitCode()).isEqualTo(143);
    assertThat(stopped).hasSize(1);
    assertThat(before).contains(stopped.get(0).instance());
    assertThat(stopped.get(0).slots()).isEmpty();
  }

  /** The same fields of the same kinds, whatever they say. */
  private static void assertSameShape(JsonNode said, JsonNode golden) {
    assertThat(said.getNodeType()).isEqualTo(golden.getNodeType());
    assertThat(said.propertyNames()).isEqualTo(golden.propertyNames());
    for (var name : golden.propertyNames()) {
      assertSameShape(said.get(name), golden.get(name));
    }
    if (golden.isArray()) {
      said.forEach(each -> assertSameShape(each, golden.get(0)));
    }
  }

  private static boolean holds(WorkerPresence said, String id) {
    return said.slots().stream().anyMatch(slot -> slot.taskId().equals(id));
  }

  private HashSet<String> instances() {
    var instances = new HashSet<String>();
    presences(Kind.ALIVE).forEach(said -> instances.add(said.instance()));
    return instances;
  }

  private List<WorkerPresence> presences(Kind kind) {
    return heard.stream()
        .filter(each -> Kind.of(each.getEnvelope().getRoutingKey()).orElseThrow() == kind)
        .map(each -> WorkerPresence.from(each.getBody()).orElseThrow())
        .toList();
  }

  private WorkerPresence awaitPresence(Predicate<WorkerPresence> wanted) {
    return await("a presence")
        .atMost(PATIENCE)
        .until(
            () -> presences(Kind.ALIVE).stream().filter(wanted).findFirst().orElse(null),
            Objects::nonNull);
  }
}
