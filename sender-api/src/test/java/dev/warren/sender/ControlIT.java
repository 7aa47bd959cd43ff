package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.contract.ControlMessage;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is cancelled and paused, and what the workers are told of it. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class ControlIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final String CANCELLED =
      "warren_tasks_ended_total{reason=\"none\",state=\"cancelled\"}";

  @Parameter private Database kind;
  private TestDatabase database;
  private VirtualHost vhost;
  private RunningSender sender;
  private Connection worker;
  private final List<ControlMessage> told = new CopyOnWriteArrayList<>();

  @BeforeParameterizedClassInvocation
  void start(Database kind, VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    database = kind.fresh();
    startSender();
    worker = vhost.connect();
    var channel = worker.createChannel();
    channel.queueDeclare("worker.test.1", false, true, true, Map.of());
    channel.queueBind("worker.test.1", TaskTopology.CONTROL_EXCHANGE, "");
    channel.basicConsume(
        "worker.test.1",
        true,
        (tag, delivery) -> told.add(ControlMessage.from(delivery.getBody()).orElseThrow()),
        tag -> {});
  }

  private void startSender() {
    sender =
        RunningSender.on(
                vhost, database, "--WARREN_QUEUES=mail", "--sender.publishing.confirm-timeout=60s")
            .ready();
    await().atMost(PATIENCE).until(() -> sender.get("/v1/tasks").statusCode() == 200);
  }

  @BeforeEach
  void empty() {
    told.clear();
  }

  @AfterParameterizedClassInvocation
  void stop() {
    worker.abort();
    sender.close();
    database.close();
  }

  @Test
  void cancelsWhatIsQueued_andTellsTheWorkers() {
    var id = send("\"queue\": \"mail\"");
    var before = sender.metric(CANCELLED);

    var answer = post("/v1/tasks/" + id + "/cancel", "");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).get("state").asString()).isEqualTo("CANCELLED");
    assertThat(json(answer).get("endedAt").asString()).isNotBlank();
    assertThat(sender.metric(CANCELLED)).isGreaterThan(before);
    awaitTold(message -> message.cancelled().contains(id));
    assertThat(count("task_event WHERE kind = 'CANCELLED' AND task_id = '" + id + "'"))
        .isEqualTo(1);

    publish(event(id, Kind.RUNNING, null));
    publish(event(id, Kind.CANCELLED, null));
    publish(event(id, Kind.FAILED, new TaskFailure("Late", "late", false, false, null)));
    sendAndAwaitHeard();
    assertThat(state(id)).isEqualTo("CANCELLED");
  }

  @Test
  void cancelsWhatWaitsForItsTime_withoutAWordToTheWorkers_unlessItMayBeOnItsWay() {
    var far = send("\"delaySeconds\": 3600");
    var soon = send("\"delaySeconds\": 60");

    assertThat(post("/v1/tasks/" + far + "/cancel", "").statusCode()).isEqualTo(200);
    assertThat(post("/v1/tasks/" + soon + "/cancel", "").statusCode()).isEqualTo(200);

    awaitTold(message -> message.cancelled().contains(soon));
    assertThat(told).noneMatch(message -> message.cancelled().contains(far));
    assertThat(count("task WHERE due_at IS NOT NULL AND id IN ('" + far + "', '" + soon + "')"))
        .isZero();
  }

  @Test
  void cancelsWhatWaitsForItsNextAttempt() {
    var id = send("\"queue\": \"mail\", \"retry\": {\"minBackoff\": 200}");
    publish(event(id, Kind.FAILED, new TaskFailure("Boom", "boom", false, false, null)));
    awaitState(id, "RETRY_WAIT");

    var answer = post("/v1/tasks/" + id + "/cancel", "");

    assertThat(json(answer).get("state").asString()).isEqualTo("CANCELLED");
    assertThat(json(answer).has("nextAttemptAt")).isFalse();
    awaitTold(message -> message.cancelled().contains(id));
  }

  @ParameterizedTest
  @CsvSource({"FAILED, CANCELLED", "CANCELLED, CANCELLED", "SUCCEEDED, SUCCEEDED"})
  void asksTheWorkerToEndWhatRuns_whichSaysHowItEnded(Kind end, String state) {
    var id = send("\"queue\": \"mail\"");
    publish(event(id, Kind.RUNNING, null));
    awaitState(id, "RUNNING");

    assertThat(json(sender.get("/v1/tasks/" + id)).has("cancelRequestedAt")).isFalse();
    var since = new HashSet<String>();

    for (var i = 0; i < 2; i++) {
      told.clear();
      var answer = post("/v1/tasks/" + id + "/cancel", "");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      assertThat(json(answer).get("state").asString()).isEqualTo("RUNNING");
      since.add(json(answer).get("cancelRequestedAt").asString());
      awaitTold(message -> message.cancelled().contains(id));
    }
    assertThat(since).hasSize(1);
    var failure = end == Kind.FAILED ? new TaskFailure("E", "m", false, false, null) : null;
    publish(event(id, end, failure));

    awaitState(id, state);
    assertThat(json(sender.get("/v1/tasks/" + id)).at("/attempts/0/outcome").asString())
        .isEqualTo(end.name());
    assertProblem(post("/v1/tasks/" + id + "/cancel", ""), 409, "already-finished");
  }

  @Test
  void refusesWhatHasEnded_andSaysHow() {
    var id = send("\"delaySeconds\": 3600");
    post("/v1/tasks/" + id + "/cancel", "");

    var answer = post("/v1/tasks/" + id + "/cancel", "");

    assertProblem(answer, 409, "already-finished");
    assertThat(answer.body()).contains("CANCELLED");
    assertProblem(post("/v1/tasks/nobody/cancel", ""), 404, "not-found");
  }

  /** The ledger may not have heard of an end that was said before the request. */
  @Test
  void refusesWhatHasEndedAMomentAgo() {
    for (var i = 0; i < 5; i++) {
      var id = send("\"queue\": \"mail\"");
      awaitState(id, "QUEUED");
      publish(event(id, Kind.SUCCEEDED, null));
      assertProblem(post("/v1/tasks/" + id + "/cancel", ""), 409, "already-finished");
    }
  }

  @Test
  void tellsWhoeverWaitsForIt() {
    var label = "waits-" + System.nanoTime();
    var caller =
        sender.answerLater(
            sender
                .to("/v1/tasks")
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=30")
                .POST(
                    BodyPublishers.ofString(
                        body("\"queue\": \"mail\", \"labels\": {\"a\": \"" + label + "\"}"))));
    var id =
        await()
            .atMost(PATIENCE)
            .until(
                () -> json(sender.get("/v1/tasks?label=a:" + label)).get("data"),
                data -> !data.isEmpty())
            .get(0)
            .get("id")
            .asString();
    var follower = sender.answerLater(sender.to("/v1/tasks/" + id + "?wait=30"));

    post("/v1/tasks/" + id + "/cancel", "");

    assertThat(caller.join().statusCode()).isEqualTo(200);
    assertThat(json(caller.join()).get("state").asString()).isEqualTo("CANCELLED");
    assertThat(json(follower.join()).get("state").asString()).isEqualTo("CANCELLED");
    sendAndAwaitHeard();
    assertThat(count("task_event WHERE task_id = '" + id + "' AND state = 'CANCELLED'"))
        .isEqualTo(1);
  }

  @Test
  void cancelsManyByFilter_onceTriedDry() {
    execute("DELETE FROM task");
    for (var i = 0; i < 600; i++) {
      insert("many-" + i, i < 3 ? "RUNNING" : "QUEUED", "images");
    }
    insert("done", "SUCCEEDED", "images");
    insert("elsewhere", "QUEUED", "mail");
    var filter = "{\"filter\": {\"queue\": \"images\", \"type\": \"message\"}, \"dryRun\": ";

    var dry = json(post("/v1/tasks/cancel", filter + "true}"));

    assertThat(dry.get("count").asInt()).isEqualTo(600);
    assertThat(dry.get("running").asInt()).isEqualTo(3);
    assertThat(dry.get("ids")).hasSize(20);
    assertThat(dry.get("dryRun").asBoolean()).isTrue();
    assertThat(count("task WHERE id LIKE 'many-%' AND state = 'CANCELLED'")).isZero();

    var done = json(post("/v1/tasks/cancel", filter + "false}"));

    assertThat(done.get("count").asInt()).isEqualTo(600);
    assertThat(done.get("running").asInt()).isEqualTo(3);
    assertThat(count("task WHERE id LIKE 'many-%' AND state = 'CANCELLED'")).isEqualTo(597);
    assertThat(count("task WHERE state = 'RUNNING' AND cancel_requested_at IS NOT NULL"))
        .isEqualTo(3);
    assertThat(List.of(state("done"), state("elsewhere"))).containsExactly("SUCCEEDED", "QUEUED");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                told.stream()
                        .flatMap(message -> message.cancelled().stream())
                        .filter(id -> id.startsWith("many-"))
                        .distinct()
                        .count()
                    == 600);
    var rest = "{\"filter\": {\"state\": \"RUNNING,QUEUED\", \"queue\": \"mail\"}}";
    assertThat(
            json(post("/v1/tasks/cancel", rest)).get("ids").valueStream().map(JsonNode::asString))
        .containsExactly("elsewhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"filter\": 1}",
        "{\"filter\": {\"state\": \"DEAD\"}}",
        "{\"filter\": {\"state\": \"\"}}",
        "{\"filter\": {\"label\": \"x\"}}",
        "{\"filter\": {}, \"dryRun\": 1}",
        "{\"filter\": {}, \"ratePerSecond\": 1}",
      })
  void refusesAFilterThatIsNone(String body) {
    assertProblem(post("/v1/tasks/cancel", body), 400, "invalid-request");
  }

  @Test
  void tellsAWorkerThatStarts_allThatItMustKnow() {
    execute("DELETE FROM task");
    var queued = send("\"queue\": \"mail\"");
    var far = send("\"delaySeconds\": 3600");
    post("/v1/tasks/" + queued + "/cancel", "");
    post("/v1/tasks/" + far + "/cancel", "");
    insert("runs", "RUNNING", "mail");
    post("/v1/tasks/runs/cancel", "");
    post("/v1/queues/mail/pause", "");
    told.clear();

    vhost.onChannel(channel -> ask(channel, "worker-1"));

    var snapshot = awaitTold(message -> message.kind() == ControlMessage.Kind.SNAPSHOT);
    assertThat(snapshot.cancelled()).containsExactly(queued, "runs");
    assertThat(snapshot.paused()).containsExactly("mail");
    post("/v1/queues/mail/resume", "");
  }

  @Test
  void pausesAQueue_untilItIsResumed_overARestart() {
    var paused = json(post("/v1/queues/mail/pause", ""));

    assertThat(paused.get("name").asString()).isEqualTo("mail");
    assertThat(paused.get("paused").asBoolean()).isTrue();
    assertThat(paused.get("depth").isNumber()).isTrue();
    var first = awaitTold(message -> Set.of("mail").equals(message.paused()));
    assertThat(json(post("/v1/queues/mail/pause", "")).get("paused").asBoolean()).isTrue();

    sender.close();
    told.clear();
    startSender();
    awaitTold(
        message ->
            message.kind() == ControlMessage.Kind.SNAPSHOT
                && Set.of("mail").equals(message.paused()));
    assertThat(isPaused("mail")).isTrue();
    assertThat(isPaused("default")).isFalse();
    send("\"queue\": \"mail\"");
    await("its gauges")
        .atMost(PATIENCE)
        .until(
            () ->
                gauge("depth", "mail") >= 1
                    && gauge("consumers", "mail") == 0
                    && gauge("paused", "mail") == 1
                    && gauge("paused", "default") == 0);

    told.clear();
    assertThat(json(post("/v1/queues/mail/resume", "")).get("paused").asBoolean()).isFalse();
    var last = awaitTold(message -> Set.of().equals(message.paused()));
    assertThat(last.asOf()).isAfter(first.asOf());
    assertThat(isPaused("mail")).isFalse();
    if (kind == Database.H2) { // waiting for it once is enough
      await("said again").atMost(PATIENCE).until(() -> told.size() > 1);
      await("its gauge").atMost(PATIENCE).until(() -> gauge("paused", "mail") == 0);
    }
  }

  private double gauge(String name, String queue) {
    return sender.metric("warren_queue_%s{queue=\"%s\"}".formatted(name, queue));
  }

  @Test
  void pausesNoQueueThatThereIsNot() {
    var answer = post("/v1/queues/mial/pause", "");

    assertProblem(answer, 404, "unknown-queue");
    assertThat(answer.body()).contains("mail");
    assertProblem(post("/v1/queues/dead/resume", ""), 404, "unknown-queue");
  }

  private static Object ask(Channel channel, String name) throws java.io.IOException {
    channel.basicPublish(
        TaskTopology.EVENTS_EXCHANGE,
        TaskTopology.startedKeyOf(name),
        new BasicProperties.Builder().build(),
        new byte[0]);
    return name;
  }

  private boolean isPaused(String queue) {
    return json(sender.get("/v1/queues"))
        .get("data")
        .valueStream()
        .filter(each -> each.get("name").asString().equals(queue))
        .findFirst()
        .orElseThrow()
        .get("paused")
        .asBoolean();
  }

  private ControlMessage awaitTold(Predicate<ControlMessage> wanted) {
    return await()
        .atMost(PATIENCE)
        .until(() -> told.stream().filter(wanted).findFirst(), found -> found.isPresent())
        .orElseThrow();
  }

  private String send(String more) {
    var answer = post("/v1/tasks", body(more));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return json(answer).get("id").asString();
  }

  private static String body(String more) {
    return "{\"type\": \"message\", \"payload\": {\"message\": \"Hello.\"}, " + more + "}";
  }

  /** Then all that was published before is heard as well. */
  private void sendAndAwaitHeard() {
    awaitState(send("\"queue\": \"mail\""), "QUEUED");
  }

  private HttpResponse<String> post(String path, String body) {
    var request = sender.to(path).POST(BodyPublishers.ofString(body));
    return sender.answerTo(
        body.isEmpty() ? request : request.header("Content-Type", "application/json"));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private void awaitState(String id, String state) {
    await(id + " " + state)
        .atMost(PATIENCE)
        .until(() -> count("task WHERE id = '" + id + "' AND state = '" + state + "'") == 1);
  }

  private String state(String id) {
    return json(sender.get("/v1/tasks/" + id)).get("state").asString();
  }

  private static TaskEvent event(String id, Kind kind, TaskFailure failure) {
    var task = TaskMessage.of(id, "message", "mail", Instant.now(), "{}".getBytes(UTF_8));
    var body = kind == Kind.FAILED ? "{}" : "";
    return new TaskEvent(
        kind, task, 1, "w1", Instant.now(), Instant.now(), failure, null, body.getBytes(UTF_8));
  }

  /** By a worker's connection, confirmed. */
  private void publish(TaskEvent event) {
    var wire = event.toWire();
    vhost.onChannel(
        channel -> {
          var properties =
              new BasicProperties.Builder()
                  .messageId(wire.messageId())
                  .type(wire.type())
                  .headers(wire.headers())
                  .deliveryMode(2)
                  .build();
          channel.basicPublish(wire.exchange(), wire.routingKey(), properties, wire.body());
          return null;
        });
  }

  private void insert(String id, String state, String queue) {
    execute(
        "INSERT INTO task (id, type, queue, state, position, round, attempt, dispatch, created_at,"
            + " heard_at, payload) VALUES ('%s', 'message', '%s', '%s', 1, 1, 1, 1,"
                .formatted(id, queue, state)
            + " CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, NULL)");
  }

  private long count(String what) {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT COUNT(*) FROM " + what)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String sql) {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
