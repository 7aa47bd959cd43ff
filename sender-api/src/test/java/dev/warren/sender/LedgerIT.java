package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** The ledger, fed by a real broker, on a database that may fail. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
class LedgerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final TestDatabase database;
  private TestBroker broker;
  private VirtualHost vhost;
  private RunningSender sender;

  LedgerIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(TestBroker broker, VirtualHost vhost) {
    this.broker = broker;
    this.vhost = vhost;
  }

  @AfterEach
  void stop() {
    if (sender != null) {
      sender.close();
    }
    database.close();
  }

  @Test
  void knowsWhatBecomesOfATask() {
    sender = RunningSender.on(vhost, database).ready();
    var id = send("to be followed");
    awaitState(id, "QUEUED");
    publish(event(id, Kind.SUCCEEDED, null, "{\"done\":true}"));
    awaitState(id, "SUCCEEDED");
    assertThat(sender.metric("warren_ledger_applied_total")).isEqualTo(2);
    assertThat(sender.get("/actuator/health").body()).contains("\"ledger\":{\"details\":{");
  }

  @Test
  void tellsTheCallerThatATaskIsDead() {
    sender = RunningSender.on(vhost, database).ready();
    var told =
        vhost.onChannel(
            channel -> {
              channel.queueDeclare("told", true, false, false, null);
              return channel.queueBind("told", "task-events", "task.dead.none.#");
            });
    assertThat(told).isNotNull();
    var id = send("hopeless");
    publish(event(id, Kind.FAILED, new TaskFailure("Bad", "never", true, false, null), "{}"));
    awaitState(id, "DEAD");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(vhost.take("told"))
                    .hasValueSatisfying(
                        got -> assertThat(got.getProps().getMessageId()).isEqualTo(id)));
    await().atMost(PATIENCE).until(() -> count("task_event WHERE kind = 'DEAD'") == 1);
  }

  @Test
  void takesTheBuried() {
    sender = RunningSender.on(vhost, database).ready();
    var buried = task("buried").toQueue();
    var headers = new HashMap<>(buried.headers());
    headers.put("dead-reason", "invalid-payload");
    publish("tasks", "dead", buried.messageId(), "message", headers, buried.body());
    publish("tasks", "dead", null, null, null, "\u0000".getBytes(UTF_8));
    awaitState("buried", "DEAD");
    await()
        .atMost(PATIENCE)
        .until(() -> count("task WHERE dead_reason = 'dropped-by-broker'") == 1);
    await().atMost(PATIENCE).until(() -> ready(TaskTopology.DEAD_QUEUE) == 0);
  }

  @Test
  void goesOnAfterWhateverAStrangerSends() {
    sender = RunningSender.on(vhost, database).ready();
    var odd = new HashMap<String, Object>();
    odd.put("nothing", null);
    odd.put("bytes", new byte[] {-1, 0});
    odd.put("created-at", new Date());
    odd.put("queue", "../../etc");
    odd.put("round", "many");
    odd.put("labels", Map.of("\u0000", List.of(1, 2.5, true)));
    publish("tasks", "default", null, "message", Map.of(), "{}".getBytes(UTF_8));
    publish("tasks", "default", "no type", null, Map.of(), "{}".getBytes(UTF_8));
    publish("task-events", "task.danced.none.message", "x", "message", Map.of(), new byte[0]);
    publish("task-events", "task", "x", "message", null, new byte[0]);
    publish("tasks", "ledger", "x", null, null, new byte[0]);
    publish("tasks", "default", "NUL\u0000", "\u0000", odd, new byte[] {0, -1});
    publish("tasks", "ledger", "x", "x", Map.of("marker", "\u0000".repeat(300)), new byte[0]);
    publish("task-events", "task.failed.a.b", "y", "\u0000", odd, new byte[] {0});
    var id = send("a good one");
    awaitState(id, "QUEUED");
    assertThat(sender.metric("warren_ledger_unreadable_total")).isEqualTo(5);
    assertThat(count("task WHERE id = 'NUL\ufffd'")).isEqualTo(1);
    await().atMost(PATIENCE).until(() -> ready(TaskTopology.LEDGER_QUEUE) == 0);
  }

  @Test
  void aBadMessageHarmsOnlyItself() throws Exception {
    sender = RunningSender.on(vhost, database).ready();
    awaitState(send("prepared"), "QUEUED");
    execute("ALTER TABLE task ADD CONSTRAINT picky CHECK (type <> 'bad')");
    vhost.onChannel(
        channel -> {
          for (var i = 0; i < 50; i++) {
            var type = i == 25 ? "bad" : "message";
            var properties = new BasicProperties.Builder().messageId("m" + i).type(type).build();
            channel.basicPublish("tasks", "default", properties, "{}".getBytes(UTF_8));
          }
          return null;
        });
    await().atMost(PATIENCE).until(() -> count("task WHERE id LIKE 'm%'") == 49);
    await().atMost(PATIENCE).until(() -> ready(TaskTopology.LEDGER_QUEUE) == 0);
    assertThat(sender.metric("warren_ledger_unreadable_total")).isEqualTo(1);
  }

  @Test
  void hasWhatItAcknowledged_whenTheDatabaseIsKilled() {
    sender = RunningSender.on(vhost, database).ready();
    var ids = IntStream.range(0, 20).mapToObj(i -> send("kept")).toList();
    assertThat(sender.bean(CaughtUp.class).caughtUp(PATIENCE).join()).isTrue();
    await().atMost(PATIENCE).until(() -> ready(TaskTopology.LEDGER_QUEUE) == 0);
    database.kill();
    database.start();
    assertThat(ids).allSatisfy(id -> assertThat(state(id)).isEqualTo("QUEUED"));
  }

  @Test
  void takesTasksWithoutItsDatabase_andCatchesUp() {
    sender = RunningSender.on(vhost, database).ready();
    var before = send("before");
    awaitState(before, "QUEUED");
    var ids = new ArrayList<String>();
    var events = CompletableFuture.runAsync(() -> publishMany(3000));
    for (var i = 0; i < 3; i++) {
      database.kill();
      ids.add(send("while it is away"));
      database.start();
      ids.add(send("while it comes back"));
    }
    events.join();
    assertThat(ids).allSatisfy(id -> awaitState(id, "QUEUED"));
    await().atMost(PATIENCE).until(() -> count("task WHERE state = 'SUCCEEDED'") == 3000);
    await().atMost(PATIENCE).until(() -> sender.bean(CaughtUp.class).caughtUp(PATIENCE).join());
    assertThat(sender.readiness().statusCode()).isEqualTo(200);
  }

  @Test
  void knowsWhetherItHasCaughtUp() {
    sender = RunningSender.on(vhost, database).ready();
    var caughtUp = sender.bean(CaughtUp.class);
    await().atMost(PATIENCE).until(() -> caughtUp.caughtUp(Duration.ofSeconds(2)).join());
    var id = send("known by then");
    var all = IntStream.range(0, 100).mapToObj(i -> caughtUp.caughtUp(PATIENCE)).toList();
    assertThat(all).allSatisfy(each -> assertThat(each.join()).isTrue());
    assertThat(state(id)).isEqualTo("QUEUED");
    assertThat(count("ledger_marker")).isLessThan(10);
    broker.freeze();
    try {
      assertThat(caughtUp.caughtUp(Duration.ofSeconds(1)).join()).isFalse();
      var unknown = sender.listen(sender.to("/v1/tasks/unknown"), BodyHandlers.ofString());
      assertProblem(unknown.join(), 503, "ledger-behind");
    } finally {
      broker.thaw();
    }
  }

  @Test
  void goesOn_whenItsConnectionIsClosedOrItsQueueDeleted() {
    sender = RunningSender.on(vhost, database).ready();
    awaitState(send("before"), "QUEUED");
    broker.ctl("close_all_connections", "--vhost", vhost.name(), "closed by a test");
    await().atMost(PATIENCE).until(() -> sender.send("again").statusCode() == 202);
    awaitState(send("connected again"), "QUEUED");
    vhost.onChannel(channel -> channel.queueDelete(TaskTopology.LEDGER_QUEUE));
    var accepted = new ArrayList<String>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              var answer = sender.send("declared again");
              if (answer.statusCode() == 202) {
                accepted.add(idIn(answer.body()));
              }
              return accepted.stream().anyMatch(id -> state(id).equals("QUEUED"));
            });
  }

  @Test
  void saysHowFarItIsBehind() throws Exception {
    sender = RunningSender.on(vhost, database).ready();
    awaitState(send("prepared"), "QUEUED");
    await().atMost(PATIENCE).until(() -> sender.metric("warren_ledger_depth") == 0);
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE task SET priority = 1"); // in the way of an event about it
      var id = idOfFirst();
      publish(event(id, Kind.SUCCEEDED, null, "{}"));
      publishMany(1000);
      await().atMost(PATIENCE).until(() -> sender.metric("warren_ledger_depth") > 100);
      await().atMost(PATIENCE).until(() -> sender.metric("warren_ledger_age_seconds") > 0);
      connection.rollback();
      awaitState(id, "SUCCEEDED");
    }
    await().atMost(PATIENCE).until(() -> sender.metric("warren_ledger_depth") == 0);
    assertThat(sender.metric("warren_ledger_age_seconds")).isZero();
  }

  @Test
  void saysNothingOfWhatAnotherReads() throws Exception {
    sender = RunningSender.on(vhost, database).ready();
    awaitState(send("read by this one"), "QUEUED");
    try (var connection = vhost.connect()) {
      var other = connection.createChannel();
      other.basicQos(1);
      var taken = new CompletableFuture<Void>(); // and never settled
      other.basicConsume(
          TaskTopology.LEDGER_QUEUE, (tag, message) -> taken.complete(null), tag -> {});
      var user = URI.create(vhost.uriOf("sender-api")).getUserInfo().split(":")[0];
      broker.ctl("close_all_user_connections", user, "closed by a test");
      publishMany(10);
      assertThat(taken).succeedsWithin(PATIENCE);
      await().atMost(PATIENCE).until(() -> sender.metric("warren_ledger_depth") > 5);
      await().atMost(PATIENCE).until(() -> sender.metric("warren_ledger_age_seconds") == 0);
    }
  }

  private String idOfFirst() {
    return query("SELECT id FROM task");
  }

  private String send(String message) {
    return idIn(
        await()
            .atMost(PATIENCE)
            .until(() -> sender.send(message), answer -> answer.statusCode() == 202)
            .body());
  }

  private static String idIn(String body) {
    return JsonMapper.shared().readTree(body).get("id").asString();
  }

  /** Events of tasks that nobody has heard of, their copies later. */
  private void publishMany(int tasks) {
    vhost.onChannel(
        channel -> {
          for (var i = 0; i < tasks; i++) {
            var wire = event("many-" + i, Kind.SUCCEEDED, null, "{}");
            channel.basicPublish(wire.exchange(), wire.routingKey(), properties(wire), wire.body());
          }
          return null;
        });
  }

  private static TaskMessage task(String id) {
    return TaskMessage.of(id, "message", "default", Instant.now(), "{}".getBytes(UTF_8));
  }

  private static WireMessage event(String id, Kind kind, TaskFailure failure, String body) {
    var task = task(id).at(Execution.FIRST);
    var now = Instant.now();
    return new TaskEvent(kind, task, 1, "w1", now, now, failure, null, body.getBytes(UTF_8))
        .toWire();
  }

  private static BasicProperties properties(WireMessage wire) {
    return new BasicProperties.Builder()
        .messageId(wire.messageId())
        .type(wire.type())
        .headers(wire.headers())
        .deliveryMode(2)
        .build();
  }

  private void publish(WireMessage wire) {
    publish(
        wire.exchange(),
        wire.routingKey(),
        wire.messageId(),
        wire.type(),
        wire.headers(),
        wire.body());
  }

  private void publish(
      String exchange,
      String key,
      String id,
      String type,
      Map<String, Object> headers,
      byte[] body) {
    vhost.onChannel(
        channel -> {
          var properties = new BasicProperties.Builder().messageId(id).type(type).headers(headers);
          channel.basicPublish(exchange, key, properties.build(), body);
          return null;
        });
  }

  private long ready(String queue) {
    return vhost.onChannel(channel -> channel.messageCount(queue));
  }

  private void awaitState(String id, String state) {
    await().atMost(PATIENCE).until(() -> state(id).equals(state));
  }

  private String state(String id) {
    return query("SELECT state FROM task WHERE id = '" + id + "'");
  }

  private long count(String what) {
    var count = query("SELECT COUNT(*) FROM " + what);
    return count.isEmpty() ? 0 : Long.parseLong(count);
  }

  /** Empty where there is nothing, or no database. */
  private String query(String sql) {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      return result.next() ? result.getString(1) : "";
    } catch (SQLException e) {
      return "";
    }
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
