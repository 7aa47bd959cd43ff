package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WorkerPresence;
import dev.warren.contract.WorkerPresence.Slot;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is heard of workers, and why a task is not done: each case brought about for real. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class ExplainIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String MESSAGE = "'type':'message','payload':{'message':'a'}";

  @Parameter private Database kind;
  private TestBroker broker;
  private VirtualHost vhost;
  private TestDatabase database;
  private Connection connection;
  private Channel channel;
  private RunningSender sender;

  @BeforeParameterizedClassInvocation
  void start(Database kind, VirtualHost vhost) throws IOException {
    this.vhost = vhost;
    database = kind.fresh();
    sender =
        RunningSender.on(
            vhost,
            database,
            "--WARREN_QUEUES=idle,crowd,empty,deserted,doomed",
            "--sender.workers.frozen-after=2s",
            "--sender.workers.gone-after=4s");
    connection = vhost.connect();
    channel = connection.createChannel();
  }

  @BeforeEach
  void ready(TestBroker broker) {
    this.broker = broker;
    sender.ready();
    await().atMost(PATIENCE).until(() -> !workers().get("listeningSince").isNull());
  }

  @AfterParameterizedClassInvocation
  void stop() {
    connection.abort();
    sender.close();
    database.close();
  }

  @Test
  void showsTheWorkers() throws Exception {
    JsonNode golden;
    try (var file =
        Objects.requireNonNull(WorkerPresence.class.getResourceAsStream("message-worker.json"))) {
      golden = JSON.readTree(file);
    }
    var body = JSON.writeValueAsBytes(golden.get("body"));
    var key = golden.get("routingKey").asString();
    publish("worker.alive.none", "garbage".getBytes(UTF_8));
    publish("worker.alive.none", new byte[WorkerPresence.MAX_BYTES + 1]);
    publish("worker.sings.none", body);

    var shown = awaitWorker("worker-1", "UP", () -> publish(key, body));

    golden
        .get("body")
        .properties()
        .forEach(
            said -> {
              if (!said.getKey().equals("sentAt")) {
                assertThat(shown.get(said.getKey())).as(said.getKey()).isEqualTo(said.getValue());
              }
            });
    assertThat(shown.get("heardAt").asString()).isNotBlank();
    assertThat(shown.has("silentSince")).isFalse();
    assertThat(awaitWorker("worker-1", "FROZEN").get("silentSince")).isNotNull();
    await().atMost(PATIENCE).until(() -> worker("worker-1") == null);

    publish(key, body);
    var second = JSON.writeValueAsBytes(named(golden, "worker-2"));
    awaitWorker("worker-2", "UP", () -> publish(key.replace("1", "2"), second));
    publish(key.replace("alive", "stopped"), body);
    publish(key, second);
    await().atMost(PATIENCE).until(() -> worker("worker-1") == null);
    assertThat(worker("worker-2")).isNotNull(); // so it was not its silence
    assertProblem(sender.get("/v1/workers?name=x"), 400, "invalid-request");
  }

  private static JsonNode named(JsonNode golden, String name) {
    var body = (ObjectNode) golden.get("body").deepCopy();
    return body.put("name", name).put("instance", name);
  }

  @Test
  void answers404AsOfTheTaskItself() {
    assertProblem(sender.get("/v1/tasks/none/explain"), 404, "not-found");
    assertProblem(sender.get("/v1/tasks/none/explain?why=x"), 400, "invalid-request");
  }

  @Test
  void waitsForItsTime() {
    var explained = awaitReason(submit("{%s,'delaySeconds':600}"), "scheduled");
    assertThat(explained.get("state").asString()).isEqualTo("SCHEDULED");
    var until = explained.at("/details/until").asString();
    assertThat(explained.get("sentence").asString())
        .isEqualTo("It waits for its time, " + until + ".");
  }

  @Test
  void hasNoConsumer() {
    var explained = awaitReason(submit("{%s,'queue':'idle'}"), "no-consumer");
    assertThat(explained.get("sentence").asString())
        .matches("No worker takes from its queue idle, in which \\d+ tasks? waits?\\.");
    assertThat(explained.at("/details/consumers").asInt(-1)).isZero();
  }

  @Test
  void waitsBehindOthers() throws IOException {
    holdOne("crowd");
    var first = submit("{%s,'queue':'crowd'}");
    var second = submit("{%s,'queue':'crowd'}");
    awaitReason(second, "next");
    var third = submit("{%s,'queue':'crowd'}");
    var fourth = submit("{%s,'queue':'crowd'}");

    // by the ledger the first is before it as well, by the broker it is at a worker
    var explained = awaitReason(fourth, "behind-others");
    assertThat(explained.at("/details/depth").asInt()).isEqualTo(3);
    assertThat(explained.at("/details/ahead").asInt()).isEqualTo(2);
    assertThat(awaitReason(third, "behind-others").at("/details/ahead").asInt()).isBetween(1, 2);

    say(Kind.RUNNING, first, Execution.FIRST, 1, null);
    awaitReason(first, "at-worker");
    var behind = awaitReason(third, "behind-others");
    assertThat(behind.at("/details/ahead").asInt()).isOne();
    assertThat(behind.get("sentence").asString())
        .isEqualTo("It waits behind about 1 other in its queue crowd, which 1 slot takes from.");
    assertThat(awaitReason(second, "next").get("sentence").asString())
        .isEqualTo("It is the next one in its queue crowd, which 1 slot takes from.");
  }

  @Test
  void backsOff() {
    var id =
        submit(
            "{%s,'queue':'idle','retry':{'maxAttempts':3,'minBackoff':600,'maxBackoff':600,'jitter':0}}");
    say(
        Kind.FAILED,
        id,
        Execution.FIRST,
        1,
        new TaskFailure("Boom", "no luck", false, false, null));

    var explained = awaitReason(id, "backing-off");

    assertThat(explained.get("sentence").asString())
        .startsWith("Attempt 1 of 3 failed, and the next one waits until 20")
        .endsWith("The failure: Boom: no luck.");
    assertThat(explained.at("/details/error/class").asString()).isEqualTo("Boom");
  }

  @Test
  void hasEnded() {
    var dead = submit("{%s,'queue':'idle'}");
    var succeeded = submit("{%s,'queue':'idle'}");
    var cancelled = submit("{%s,'queue':'idle'}");
    var expired = submit("{%s,'queue':'idle'}");
    say(Kind.FAILED, dead, Execution.FIRST, 1, new TaskFailure("Boom", "never", true, false, null));
    say(Kind.SUCCEEDED, succeeded, Execution.FIRST, 1, null);
    say(Kind.CANCELLED, cancelled, Execution.FIRST, 1, null);
    say(Kind.EXPIRED, expired, Execution.FIRST, 1, null);

    assertThat(awaitReason(dead, "dead").get("sentence").asString())
        .startsWith("It is dead (permanent) at ")
        .endsWith(": Boom: never.");
    assertThat(awaitReason(succeeded, "succeeded").get("sentence").asString())
        .startsWith("It is done, by worker tester at ");
    awaitReason(cancelled, "cancelled");
    awaitReason(expired, "expired");
  }

  @Test
  void isAtAWorker_whichFreezes_andIsGone() throws IOException {
    holdOne("deserted");
    var id = submit("{%s,'queue':'deserted'}");
    awaitReason(id, "taken");

    var holding = presence("holder", slot(id, 1));
    var explained = awaitAtWorker(id, holding); // the ledger has yet to hear of it
    assertThat(explained.get("state").asString()).isEqualTo("QUEUED");
    assertThat(explained.at("/details/worker").asString()).isEqualTo("holder");
    assertThat(explained.at("/details/since").asString()).isEqualTo("2026-01-02T03:00:00Z");

    say(Kind.RUNNING, id, Execution.FIRST, 1, null, "holder");
    awaitReason(id, "at-silent-worker");
    assertThat(awaitReason(id, "worker-gone").get("sentence").asString())
        .startsWith("Worker holder, which began it at 20")
        .contains("is gone. The broker gives it to another worker: 1 slot takes from deserted");

    explained = awaitAtWorker(id, presence("other", slot(id, 2)));
    assertThat(explained.get("sentence").asString())
        .startsWith("Worker other has it")
        .endsWith("It was delivered 2 times; no delivery was acknowledged.");
    say(WorkerPresence.Kind.STOPPED, presence("other"));
    awaitReason(id, "worker-gone");
  }

  @Test
  void isTaken_whereNobodyHasSaidSo() throws IOException {
    holdOne("empty");
    awaitReason(submit("{%s,'queue':'empty'}"), "taken");
  }

  @Test
  void isBlockedByAnAlarm() {
    assumeThat(kind).isEqualTo(Database.H2); // has no part in it
    var queued = submit("{%s,'queue':'idle'}");
    var due = submit("{%s,'delaySeconds':3}");
    awaitReason(queued, "no-consumer");
    awaitWorker("unheard", "UP", () -> say(presence("unheard")));
    broker.ctl("set_vm_memory_high_watermark", "0");
    try {
      var explained = awaitReason(queued, "broker-alarm");
      assertThat(explained.get("sentence").asString()).contains("low on memory");
      assertThat(explained.at("/details/consumers").asInt(-1)).isZero(); // read all the same
      awaitReason(due, "broker-alarm");
      await().atMost(PATIENCE).until(() -> workers().get("listeningSince").isNull());
      assertThat(workers().get("note").asString()).contains("no word of workers");
      assertThat(worker("unheard").get("state").asString()).isEqualTo("UP"); // for all one knows
    } finally {
      broker.ctl("set_vm_memory_high_watermark", "0.4");
    }
    awaitReason(due, "taken", "next", "no-consumer");
  }

  @Test
  void isWithoutABroker() {
    assumeThat(kind).isEqualTo(Database.H2); // has no part in it
    var queued = submit("{%s,'queue':'idle'}");
    awaitReason(queued, "no-consumer");
    broker.freeze();
    try {
      awaitReason(queued, "broker-unavailable");
    } finally {
      broker.thaw();
    }
    awaitReason(queued, "no-consumer");
  }

  @Test
  void hasNoQueue() throws IOException {
    assumeThat(kind).isEqualTo(Database.H2);
    var id = submit("{%s,'queue':'doomed'}");
    awaitReason(id, "no-consumer");
    channel.queueDelete(TaskTopology.queueOf("doomed"));
    assertThat(explain(id).get("reason").asString()).isEqualTo("queue-missing");
  }

  /** A worker with one slot that never ends. */
  private void holdOne(String queue) throws IOException {
    var consuming = connection.createChannel();
    consuming.basicQos(1);
    consuming.basicConsume(TaskTopology.queueOf(queue), false, new DefaultConsumer(consuming));
  }

  /** What another test did to the broker may cost a connection some time later. */
  private String submit(String body) {
    var json = body.formatted(MESSAGE).replace('\'', '"');
    var request = sender.to("/v1/tasks").header("Content-Type", "application/json");
    var accepted =
        await()
            .atMost(PATIENCE)
            .until(
                () -> sender.answerTo(request.POST(BodyPublishers.ofString(json))),
                answer -> answer.statusCode() == 202);
    return json(accepted).get("id").asString();
  }

  private JsonNode awaitReason(String id, String... reasons) {
    return await(String.join(" or ", reasons) + " of " + id)
        .atMost(PATIENCE)
        .until(() -> explain(id), each -> List.of(reasons).contains(each.get("reason").asString()));
  }

  private JsonNode explain(String id) {
    var answer = sender.get("/v1/tasks/" + id + "/explain");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private JsonNode workers() {
    return json(sender.get("/v1/workers"));
  }

  private JsonNode awaitAtWorker(String id, WorkerPresence said) {
    return await("at-worker of " + id)
        .atMost(PATIENCE)
        .until(
            () -> {
              say(said);
              return explain(id);
            },
            each -> each.get("reason").asString().equals("at-worker"));
  }

  private JsonNode awaitWorker(String name, String state) {
    return awaitWorker(name, state, () -> {});
  }

  /**
   * @param speak is done again and again
   */
  private JsonNode awaitWorker(String name, String state, Runnable speak) {
    return await(name + " " + state)
        .atMost(PATIENCE)
        .until(
            () -> {
              speak.run();
              return worker(name);
            },
            each -> each != null && each.get("state").asString().equals(state));
  }

  private @Nullable JsonNode worker(String name) {
    return workers()
        .get("data")
        .valueStream()
        .filter(each -> each.get("name").asString().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static Slot slot(String taskId, int delivery) {
    var since = Instant.parse("2026-01-02T03:00:00Z");
    return new Slot(taskId, "message", "deserted", since, 1, 1, 1, delivery);
  }

  private static WorkerPresence presence(String name, Slot... slots) {
    return new WorkerPresence(
        name, name, null, null, null, List.of("deserted"), 1, List.of(slots), 0, 0, null);
  }

  private void say(WorkerPresence presence) {
    say(WorkerPresence.Kind.ALIVE, presence);
  }

  private void say(WorkerPresence.Kind kind, WorkerPresence presence) {
    publish(presence.routingKey(kind), presence.toJson());
  }

  private void say(
      Kind what, String id, Execution execution, int delivery, @Nullable TaskFailure failure) {
    say(what, id, execution, delivery, failure, "tester");
  }

  private void say(
      Kind what,
      String id,
      Execution execution,
      int delivery,
      @Nullable TaskFailure failure,
      String worker) {
    var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    var payload = "{\"message\":\"a\"}".getBytes(UTF_8);
    var task = TaskMessage.of(id, "message", "idle", now, payload).at(execution);
    var event = new TaskEvent(what, task, delivery, worker, now, now, failure, null, payload);
    var wire = event.toWire();
    var headers = new HashMap<>(wire.headers());
    headers.remove("created-at"); // what the ledger knows of the task is to stay
    publish(wire.routingKey(), id, headers, wire.body());
  }

  private void publish(String key, byte[] body) {
    publish(key, UUID.randomUUID().toString(), Map.of(), body);
  }

  private void publish(String key, String id, Map<String, Object> headers, byte[] body) {
    var properties =
        new BasicProperties.Builder().messageId(id).type("message").headers(headers).build();
    try {
      channel.basicPublish(TaskTopology.EVENTS_EXCHANGE, key, properties, body);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JSON.readTree(answer.body());
  }
}
