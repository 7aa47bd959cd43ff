package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.WireMessage;
import dev.warren.grpc.v1.TasksGrpc;
import dev.warren.grpc.v1.WatchRequest;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import tools.jackson.databind.json.JsonMapper;

/** Who listens hears what happens to tasks, on every database. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class LiveEventsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Execution FIRST = Execution.FIRST;
  private static final int MAX_LISTENERS = 500;

  @Parameter private Database kind;
  private TestDatabase database;
  private VirtualHost vhost;
  private RunningSender sender;
  private final List<EventListener> listeners = new ArrayList<>();

  @BeforeParameterizedClassInvocation
  void start(Database kind, VirtualHost vhost) {
    this.vhost = vhost;
    database = kind.fresh();
    sender =
        RunningSender.on(
                vhost,
                database,
                "--WARREN_QUEUES=mail",
                "--sender.streaming.heartbeat=1s",
                "--sender.streaming.max-listeners=" + MAX_LISTENERS,
                "--server.tomcat.connection-timeout=3s")
            .ready();
    await().atMost(PATIENCE).until(() -> sender.get("/v1/tasks").statusCode() == 200);
  }

  @AfterEach
  void hangUp() {
    listeners.forEach(EventListener::hangUp);
    listeners.clear();
    await().atMost(PATIENCE).until(() -> sender.metric("warren_events_listeners") == 0);
  }

  /** The end of the application ends each stream as it should be ended. */
  @AfterParameterizedClassInvocation
  void stop() {
    var last = listen("/v1/events", null);
    sender.close();
    assertThat(last.end()).succeedsWithin(PATIENCE);
    listeners.clear();
    database.close();
  }

  @Test
  void tellsAllThatHappensToATask_andEndsWithIt() {
    var id = send();
    var listener = listen("/v1/tasks/" + id + "/events", null);
    tell(
        event(id, Kind.RUNNING, FIRST, null, null),
        event(id, Kind.PROGRESS, FIRST, null, new Progress(40, "rolled")),
        event(id, Kind.PROGRESS, FIRST, null, new Progress(40, "baked")),
        event(id, Kind.FAILED, FIRST, soon("no luck"), null));
    await().atMost(PATIENCE).until(() -> listener.names().contains("failed"));
    await().atMost(PATIENCE).until(() -> listener.count() == 6);
    tell(event(id, Kind.SUCCEEDED, FIRST.nextAttempt(), null, null));

    assertThat(listener.end()).succeedsWithin(PATIENCE);
    assertThat(listener.names())
        .containsExactly(
            "queued", "running", "progress", "progress", "failed", "queued", "succeeded", "end");
    var events = listener.events();
    assertThat(ascending(listener.ids().subList(0, 7))).isTrue();
    assertThat(listener.ids().get(7)).isNull();
    var progress = events.get(2).data();
    assertThat(progress.get("id").asString()).isEqualTo(events.get(2).id());
    assertThat(progress.get("taskId").asString()).isEqualTo(id);
    assertThat(progress.get("type").asString()).isEqualTo("message");
    assertThat(progress.get("queue").asString()).isEqualTo("default");
    assertThat(progress.get("state").asString()).isEqualTo("RUNNING");
    assertThat(progress.get("worker").asString()).isEqualTo("w1");
    assertThat(progress.at("/progress/percent").asInt()).isEqualTo(40);
    assertThat(progress.at("/progress/note").asString()).isEqualTo("rolled");
    var failed = events.get(4).data();
    assertThat(failed.get("state").asString()).isEqualTo("RETRY_WAIT");
    assertThat(failed.at("/error/message").asString()).isEqualTo("no luck");
    assertThat(Instant.parse(failed.get("nextAttemptAt").asString()))
        .isAfter(Instant.parse(failed.get("time").asString()));
    assertThat(events.get(5).data().get("attempt").asInt()).isEqualTo(2);
    assertThat(events.get(7).data().get("state").asString()).isEqualTo("SUCCEEDED");
  }

  @Test
  void goesOnWhereTheClientWas_andSaysWhenThereIsNoMore() {
    var id = send();
    tell(
        event(id, Kind.RUNNING, FIRST, null, null),
        event(id, Kind.PROGRESS, FIRST, null, new Progress(1, null)),
        event(id, Kind.SUCCEEDED, FIRST, null, null));
    awaitState(id, "SUCCEEDED");
    var path = "/v1/tasks/" + id + "/events";
    var all = listen(path, null);
    assertThat(all.end()).succeedsWithin(PATIENCE);
    assertThat(all.names()).containsExactly("queued", "running", "progress", "succeeded", "end");
    for (var heard = 1; heard < 4; heard++) {
      var rest = listen(path, all.ids().get(heard - 1));
      assertThat(rest.end()).succeedsWithin(PATIENCE);
      assertThat(rest.ids()).isEqualTo(all.ids().subList(heard, 5));
    }
    var again = sender.answerTo(sender.to(path).header("Last-Event-ID", all.ids().get(3)));
    assertThat(again.statusCode()).isEqualTo(204);
  }

  @Test
  void aDeadTaskGoesOnWithItsReplay() {
    var id = send();
    tell(event(id, Kind.FAILED, FIRST, new TaskFailure("Bad", "never", true, false, null), null));
    awaitState(id, "DEAD");
    var path = "/v1/tasks/" + id + "/events";
    var dead = listen(path, null);
    assertThat(dead.end()).succeedsWithin(PATIENCE);
    assertThat(dead.names()).containsExactly("queued", "dead", "end");
    var replay = sender.to("/v1/tasks/" + id + "/replay").POST(BodyPublishers.noBody());
    replay.header("Content-Type", "application/json");
    assertThat(sender.answerTo(replay).statusCode()).isEqualTo(202);
    var replayed = listen(path, dead.ids().get(1));
    await().atMost(PATIENCE).until(() -> replayed.count() == 2);
    tell(event(id, Kind.SUCCEEDED, FIRST.nextRound(), null, null));
    assertThat(replayed.end()).succeedsWithin(PATIENCE);
    assertThat(replayed.names()).containsExactly("replayed", "queued", "succeeded", "end");
    assertThat(replayed.events().get(0).data().get("round").asInt()).isEqualTo(2);
  }

  @Test
  void sendsWhatIsAskedFor() {
    var ofType = listen("/v1/events?type=live", null);
    var ofQueue = listen("/v1/events?queue=mail", null);
    var ended = listen("/v1/events?type=live&state=SUCCEEDED,DEAD", null);
    var all = listen("/v1/events", null);
    var live = task("live", "default");
    var mail = task("mailed", "mail");
    tell(
        live.toQueue(),
        mail.toQueue(),
        event(live, Kind.RUNNING),
        event(mail, Kind.SUCCEEDED),
        event(live, Kind.SUCCEEDED));
    await().atMost(PATIENCE).until(() -> ended.count() == 1 && all.count() == 5);
    await().atMost(PATIENCE).until(() -> ofType.count() == 3 && ofQueue.count() == 2);
    assertThat(ofType.names()).containsExactly("queued", "running", "succeeded");
    assertThat(ofQueue.names()).containsExactly("queued", "succeeded");
    assertThat(ofQueue.events()).allMatch(event -> event.taskId().equals(mail.id()));
    assertThat(ended.events().get(0).taskId()).isEqualTo(live.id());
    assertThat(ascending(all.ids())).isTrue();
  }

  /** Nobody has made a key, and it listens on loopback only. */
  @Test
  void tellsTheSameByGrpc() throws InterruptedException {
    var port = sender.bean(GrpcServerLifecycle.class).getPort();
    var channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      var watch = WatchRequest.newBuilder().setType("watched").setAfter(0);
      var call =
          TasksGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .watch(watch.build());
      var task = task("watched", "default");
      tell(task.toQueue(), event(task, Kind.SUCCEEDED));
      assertThat(call.next().getKind()).isEqualTo("queued");
      var last = call.next();
      assertThat(last.getKind()).isEqualTo("succeeded");
      assertThat(last.getTaskId()).isEqualTo(task.id());
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void tellsOfWhatWaitsForItsTime() {
    var all = listen("/v1/events?type=later", null);
    var options =
        new TaskOptions(null, Duration.ofMillis(1), Instant.now(), null, null, null, Map.of());
    var task = task("later", "default").with(options);
    tell(task.toSchedule());
    await().atMost(PATIENCE).until(() -> all.count() == 2);
    assertThat(all.names()).containsExactly("scheduled", "queued");
    assertThat(all.events().get(0).data().get("nextAttemptAt")).isNotNull();
    var own = listen("/v1/tasks/" + task.id() + "/events", null);
    await().atMost(PATIENCE).until(() -> own.count() == 2);
    assertThat(own.names()).containsExactly("scheduled", "queued");
  }

  @Test
  void aClientThatComesAndGoesHearsEachEventOnce() {
    var steady = listen("/v1/events", null);
    var first = task("begin", "default");
    tell(first.toQueue());
    await().atMost(PATIENCE).until(() -> steady.count() == 1);
    var traffic =
        IntStream.range(0, 3)
            .mapToObj(i -> CompletableFuture.runAsync(this::someTraffic))
            .toArray(CompletableFuture[]::new);
    var heard = new ArrayList<String>();
    heard.add(steady.ids().get(0));
    var total = 1 + 3 * 40 * 3;
    while (heard.size() < total) {
      var next = listen("/v1/events", heard.get(heard.size() - 1));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(next.count())
                      .as("more than %d of %d", heard.size(), steady.count())
                      .isPositive());
      next.hangUp();
      assertThat(next.names()).doesNotContain("gap");
      heard.addAll(next.ids());
    }
    CompletableFuture.allOf(traffic).join();
    await().atMost(PATIENCE).until(() -> steady.count() == total);
    assertThat(heard).isEqualTo(steady.ids());
    assertThat(ascending(heard)).isTrue();
  }

  private void someTraffic() {
    for (var i = 0; i < 40; i++) {
      var task = task("traffic", "default");
      tell(task.toQueue(), event(task, Kind.RUNNING), event(task, Kind.SUCCEEDED));
    }
  }

  @Test
  void fiveHundredHearOfEachOfAHundredTasks_andNoMoreMayListen() {
    for (var i = 0; i < MAX_LISTENERS; i++) {
      listeners.add(EventListener.to(sender, "/v1/events?state=SUCCEEDED", null));
    }
    await().atMost(PATIENCE).until(() -> listeners.stream().allMatch(EventListener::isConnected));
    var oneMore = sender.answerLater(sender.to("/v1/events"));
    assertThat(oneMore).succeedsWithin(PATIENCE);
    assertProblem(oneMore.join(), 503, "too-many-listeners");
    var events = IntStream.range(0, 100).mapToObj(i -> event(task("x", "default"), Kind.SUCCEEDED));
    tell(events.toArray(WireMessage[]::new));
    await().atMost(PATIENCE).until(() -> listeners.stream().allMatch(each -> each.count() == 100));
    var ids = listeners.get(0).ids();
    assertThat(new HashSet<>(ids)).hasSize(100);
    assertThat(listeners).allSatisfy(each -> assertThat(each.ids()).isEqualTo(ids));
  }

  @Test
  void cutsOffWhoDoesNotRead_andNobodyElse() throws IOException {
    var reader = listen("/v1/events", null);
    var before = sender.metric("warren_events_cut_off_total");
    try (var deaf = new Socket()) {
      deaf.setReceiveBufferSize(4096);
      deaf.connect(new InetSocketAddress("127.0.0.1", sender.port()));
      deaf.getOutputStream().write("GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      await().atMost(PATIENCE).until(() -> sender.metric("warren_events_listeners") == 2);
      var told = 0;
      while (sender.metric("warren_events_cut_off_total") == before) {
        tellMuch(told, 400);
        told += 400;
        var all = told;
        await().atMost(PATIENCE).until(() -> reader.count() == all);
      }
      await().atMost(PATIENCE).until(() -> sender.metric("warren_events_listeners") == 1);
    }
    assertThat(ascending(reader.ids())).isTrue();
  }

  /** 4 KB each; written as by the ledger, since nobody else writes meanwhile. */
  private void tellMuch(int from, int count) {
    execute(
        """
        INSERT INTO task_event (task_id, kind, round, attempt, dispatch, delivery, state, recorded_at, error_message)
        SELECT 'much-%s', 'FAILED', 1, x, 1, 1, 'RETRY_WAIT', CURRENT_TIMESTAMP, REPEAT('x', 4000)
        FROM GENERATE_SERIES(%d, %d) AS series(x)"""
            .formatted(UUID.randomUUID(), from, from + count - 1));
  }

  @Test
  void saysSo_whenSomeOfWhatWasMissedIsForgotten() {
    var first = listen("/v1/events", null);
    tell(task("gap", "default").toQueue());
    await().atMost(PATIENCE).until(() -> first.count() == 1);
    tell(task("gap", "default").toQueue());
    await().atMost(PATIENCE).until(() -> first.count() == 2);
    execute("UPDATE event_log SET forgotten = (SELECT MAX(sequence) - 1 FROM task_event)");
    try {
      var late = listen("/v1/events", "7");
      await().atMost(PATIENCE).until(() -> late.ids().contains(first.ids().get(1)));
      assertThat(late.names().get(0)).isEqualTo("gap");
      assertThat(late.ids().get(0)).isNull();
      assertThat(late.events().get(0).data().get("after").asInt()).isEqualTo(7);
      var inTime = listen("/v1/events", first.ids().get(1));
      tell(task("gap", "default").toQueue());
      await().atMost(PATIENCE).until(() -> inTime.count() == 1);
      assertThat(inTime.names()).containsExactly("queued");
    } finally {
      execute("UPDATE event_log SET forgotten = 0");
    }
    var ahead = listen("/v1/events", "999999999999999999");
    await().atMost(PATIENCE).until(() -> ahead.names().contains("gap"));
    tell(task("gap", "default").toQueue());
    await().atMost(PATIENCE).until(() -> ahead.names().contains("queued"));
  }

  @Test
  void staysOpenWithoutTheDatabase_andMissesNothing() {
    var listener = listen("/v1/events?type=through", null);
    var task = task("through", "default");
    tell(task.toQueue());
    await().atMost(PATIENCE).until(() -> listener.count() == 1);
    database.kill();
    tell(event(task, Kind.RUNNING), event(task, Kind.SUCCEEDED));
    database.start();
    await().atMost(PATIENCE).until(() -> listener.count() == 3);
    assertThat(listener.names()).containsExactly("queued", "running", "succeeded");
    await().atMost(PATIENCE).until(() -> listener.hasHeard(": heartbeat"));
  }

  @Test
  void refusesWhatItCannotSend() {
    assertProblem(sender.get("/v1/tasks/none/events"), 404, "not-found");
    assertProblem(sender.get("/v1/events?typ=x"), 400, "invalid-request");
    assertProblem(sender.get("/v1/events?state=NONE"), 400, "invalid-request");
    for (var id : List.of("x", "-1", "1.5", "9".repeat(19))) {
      var request = sender.to("/v1/events").header("Last-Event-ID", id);
      assertProblem(sender.answerTo(request), 400, "invalid-request");
    }
    var json = sender.to("/v1/events").header("Accept", "application/json");
    assertThat(sender.answerTo(json).statusCode()).isEqualTo(406);
    var head = sender.to("/v1/events").method("HEAD", BodyPublishers.noBody());
    assertThat(sender.answerTo(head).statusCode()).isEqualTo(200);
  }

  private EventListener listen(String path, String lastEventId) {
    if (path.startsWith("/v1/tasks/")) {
      sender.get(path.substring(0, path.lastIndexOf('/'))); // answered once the ledger knows it
    }
    var listener = EventListener.to(sender, path, lastEventId);
    listeners.add(listener);
    await().atMost(PATIENCE).until(listener::isConnected);
    return listener;
  }

  private static boolean ascending(List<String> ids) {
    return IntStream.range(1, ids.size())
        .allMatch(i -> Long.parseLong(ids.get(i - 1)) < Long.parseLong(ids.get(i)));
  }

  private String send() {
    var answer = sender.send("to be listened to");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JsonMapper.shared().readTree(answer.body()).get("id").asString();
  }

  private static TaskFailure soon(String message) {
    return new TaskFailure("Unlucky", message, false, false, Duration.ofMillis(300));
  }

  private static TaskMessage task(String type, String queue) {
    var id = UUID.randomUUID().toString();
    return TaskMessage.of(id, type, queue, Instant.now(), "{}".getBytes(UTF_8));
  }

  private static WireMessage event(
      String id, Kind kind, Execution execution, TaskFailure failure, Progress progress) {
    var task = TaskMessage.of(id, "message", "default", Instant.now(), "{}".getBytes(UTF_8));
    return event(task.at(execution), kind, failure, progress);
  }

  private static WireMessage event(TaskMessage task, Kind kind) {
    return event(task, kind, null, null);
  }

  private static WireMessage event(
      TaskMessage task, Kind kind, TaskFailure failure, Progress progress) {
    var now = Instant.now();
    return new TaskEvent(kind, task, 1, "w1", now, now, failure, progress, "{}".getBytes(UTF_8))
        .toWire();
  }

  /** In this order, all confirmed. */
  private void tell(WireMessage... messages) {
    vhost.onChannel(
        channel -> {
          for (var wire : messages) {
            channel.basicPublish(wire.exchange(), wire.routingKey(), properties(wire), wire.body());
          }
          return null;
        });
  }

  private static BasicProperties properties(WireMessage wire) {
    return new BasicProperties.Builder()
        .messageId(wire.messageId())
        .type(wire.type())
        .headers(wire.headers())
        .deliveryMode(2)
        .build();
  }

  private void awaitState(String id, String state) {
    await()
        .atMost(PATIENCE)
        .until(() -> sender.get("/v1/tasks/" + id).body().contains("\"" + state + "\""));
  }

  private void execute(String sql) {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
