package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A key, or an id of the client's, makes one task and gives one answer. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class IdempotencyIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String TASK = "{'type':'message','payload':{'message':'a'}}";
  private static final String SEND = "{'message':'a'}";

  @Parameter private Database kind;
  private TestDatabase database;
  private TestBroker broker;
  private VirtualHost vhost;
  private RunningSender sender;

  @BeforeParameterizedClassInvocation
  void start(Database kind, TestBroker broker, VirtualHost vhost) {
    database = kind.fresh();
    this.broker = broker;
    this.vhost = vhost;
    sender = RunningSender.on(vhost, database).ready();
  }

  @AfterParameterizedClassInvocation
  void stop() {
    sender.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
  }

  @Test
  void givesTheSameAnswerAgain_andMakesOneTask() {
    for (var path : List.of("/send", "/v1/tasks")) {
      var key = newKey();
      var body = path.equals("/send") ? SEND : TASK;
      var first = post(path, body, key);
      assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
      var again = post(path, body, "\"" + key + "\""); // quoted, it is the same
      assertThat(again.statusCode()).as(again.body()).isEqualTo(202);
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(again.headers().firstValue("Location"))
          .isEqualTo(first.headers().firstValue("Location"));
      assertThat(idsInQueue()).containsExactly(idIn(first));
    }
  }

  @Test
  void makesOneTaskOfFiftyAtOnce() {
    var key = newKey();
    var answers =
        IntStream.range(0, 50)
            .mapToObj(i -> sender.takenLater(request("/v1/tasks", TASK, key)))
            .toList();
    var ids = new HashSet<String>();
    for (var answer : answers) {
      if (answer.join().statusCode() == 202) {
        ids.add(idIn(answer.join()));
      } else {
        assertInFlight(answer.join());
      }
    }
    assertThat(ids).hasSize(1);
    assertThat(idsInQueue()).containsExactlyElementsOf(ids);
  }

  @Test
  void givesTheSameAnswer_whateverTheTimeIsMeanwhile() {
    var soon = Instant.now().plusSeconds(1);
    var expiring = TASK.replace("}}", "},'expiresAt':'" + soon + "'}");
    var delayed = TASK.replace("}}", "},'delaySeconds':3600}");
    var first =
        List.of(post("/v1/tasks", expiring, "expiring"), post("/v1/tasks", delayed, "late"));
    assertThat(first).allSatisfy(each -> assertThat(each.statusCode()).isEqualTo(202));
    await().atMost(PATIENCE).until(() -> Instant.now().isAfter(soon.plusMillis(5)));
    assertThat(post("/v1/tasks", expiring, "expiring").body()).isEqualTo(first.get(0).body());
    assertThat(post("/v1/tasks", delayed, "late").body()).isEqualTo(first.get(1).body());
    assertProblem(post("/v1/tasks", expiring, newKey()), 400, "invalid-request");
  }

  @Test
  void refusesTheKeyOfAnotherRequest() {
    var key = newKey();
    assertThat(post("/v1/tasks", TASK, key).statusCode()).isEqualTo(202);
    assertProblem(post("/v1/tasks", TASK.replace("'a'", "'b'"), key), 422, "key-reused");
    assertProblem(post("/send", SEND, key), 422, "key-reused");
  }

  @Test
  void refusesWhatIsNoKey() {
    for (var key : List.of("", "\"open", "two words", "k".repeat(256))) {
      var answer = post("/v1/tasks", TASK, key);
      assertProblem(answer, 400, "invalid-request");
      assertThat(json(answer).at("/errors/0/field").asString()).isEqualTo("Idempotency-Key");
      assertProblem(post("/send", SEND, key), 400, "invalid-request");
    }
    var twice = request("/v1/tasks", TASK, "one").header("Idempotency-Key", "two");
    assertProblem(sender.answerTo(twice), 400, "invalid-request");
  }

  @Test
  void sayToWait_whileTheFirstIsInFlight() {
    var key = newKey();
    var id = idIn(post("/v1/tasks", TASK, key));
    pretendInFlight(id, 60);
    assertInFlight(post("/v1/tasks", TASK, key));
    assertProblem(post("/v1/tasks", TASK.replace("'a'", "'b'"), key), 422, "key-reused");
  }

  /** As a kill -9 of the API leaves it. */
  @Test
  void findsTheTask_whenTheFirstWasKilledBehindThePublish() {
    for (var path : List.of("/send", "/v1/tasks")) {
      var key = newKey();
      var body = path.equals("/send") ? SEND : TASK;
      var id = idIn(post(path, body, key));
      pretendInFlight(id, -1);
      var again = post(path, body, key);
      assertThat(again.statusCode()).as(again.body()).isEqualTo(202);
      assertThat(idIn(again)).isEqualTo(id);
      assertThat(post(path, body, key).body()).isEqualTo(again.body());
      assertThat(idsInQueue()).containsExactly(id);
    }
  }

  @Test
  void publishesTheSameTask_whenTheFirstWasKilledBeforeThePublish() {
    var key = newKey();
    var id = idIn(post("/v1/tasks", TASK, key));
    awaitKnown(id);
    pretendNeverPublished(id);
    pretendInFlight(id, -1);
    var answers =
        IntStream.range(0, 10)
            .mapToObj(i -> sender.answerLater(request("/v1/tasks", TASK, key)))
            .toList();
    for (var answer : answers) {
      if (answer.join().statusCode() == 202) {
        assertThat(idIn(answer.join())).isEqualTo(id);
      } else {
        assertInFlight(answer.join());
      }
    }
    assertThat(idsInQueue()).containsExactly(id);
  }

  @Test
  void mayBeSentAgain_whenTheTaskWasNotTaken() {
    var key = newKey();
    var policy = "/api/policies/" + vhost.name() + "/full";
    vhost.manage(
        "PUT", policy, "{\"pattern\":\"^tasks.default$\",\"definition\":{\"max-length\":20}}");
    try {
      await().atMost(PATIENCE).until(() -> post("/send", SEND, null).statusCode() == 503);
      assertProblem(post("/v1/tasks", TASK, key), 503, "queue-refused");
      vhost.purge(TaskTopology.DEFAULT_QUEUE);
      await().atMost(PATIENCE).until(() -> post("/v1/tasks", TASK, key).statusCode() == 202);
    } finally {
      vhost.manage("DELETE", policy, "");
    }
  }

  @Test
  void keepsTheId_whenNobodyKnowsWhetherTheTaskWasTaken() {
    var key = newKey();
    broker.freeze();
    String id;
    try {
      var unknown = post("/v1/tasks", TASK, key);
      assertProblem(unknown, 504, "unconfirmed");
      id = idIn(unknown);
    } finally {
      broker.thaw();
    }
    sender.ready();
    await().atMost(PATIENCE).until(() -> post("/v1/tasks", TASK, key).statusCode() == 202);
    assertThat(idIn(post("/v1/tasks", TASK, key))).isEqualTo(id);
    assertThat(idsInQueue()).containsExactly(id);
  }

  @Test
  void answersTheFinishedTaskAgain_whenTheClientPrefersToWait() {
    var key = newKey();
    var first = sender.answerLater(request("/v1/tasks", TASK, key).header("Prefer", "wait=20"));
    var id =
        await()
            .atMost(PATIENCE)
            .until(() -> vhost.take(TaskTopology.DEFAULT_QUEUE), Optional::isPresent)
            .orElseThrow()
            .getProps()
            .getMessageId();
    succeed(id);
    assertThat(first.join().statusCode()).as(first.join().body()).isEqualTo(200);
    var again = sender.answerTo(request("/v1/tasks", TASK, key).header("Prefer", "wait=20"));
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.join().body()).contains("\"result\":{\"n\":1}");
    assertThat(again.headers().firstValue("Preference-Applied")).hasValue("wait=20");
    assertThat(post("/v1/tasks", TASK, key).statusCode()).isEqualTo(202);
  }

  @Test
  void givesATaskTheIdThatItsClientWants_once() {
    var id = "order:" + newKey();
    var body = TASK.replace("}}", "},'taskId':'" + id + "'}");
    var first = post("/v1/tasks", body, null);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
    assertThat(first.headers().firstValue("Location")).hasValue("/v1/tasks/" + id);
    assertThat(idsInQueue()).containsExactly(id);
    assertTaken(post("/v1/tasks", body, null), id);
    assertTaken(post("/v1/tasks", body, newKey()), id);
    assertThat(idsInQueue()).isEmpty();
    assertThat(sender.get("/v1/tasks/" + id).statusCode()).isEqualTo(200);
  }

  @Test
  void refusesTheIdOfATaskThatItNeverClaimed() {
    var id = idIn(post("/v1/tasks", TASK, null));
    awaitKnown(id);
    assertTaken(post("/v1/tasks", TASK.replace("}}", "},'taskId':'" + id + "'}"), null), id);
  }

  @Test
  void takesAnIdWithAKey_andGivesTheSameAnswer() {
    var key = newKey();
    var id = newKey();
    var body = TASK.replace("}}", "},'taskId':'" + id + "'}");
    var first = post("/v1/tasks", body, key);
    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(post("/v1/tasks", body, key).body()).isEqualTo(first.body());
    pretendInFlight(id, -1); // both claims
    assertThat(post("/v1/tasks", body, key).body()).isEqualTo(first.body());
    assertTaken(post("/v1/tasks", body, newKey()), id);
    assertThat(idsInQueue()).containsExactly(id);
  }

  @Test
  void letsAnIdBeUsedAgain_whenItsFirstWasKilledBeforeThePublish() {
    var id = newKey();
    var body = TASK.replace("}}", "},'taskId':'" + id + "'}");
    post("/v1/tasks", body, null);
    awaitKnown(id);
    pretendNeverPublished(id);
    pretendInFlight(id, 60);
    assertTaken(post("/v1/tasks", body, null), id);
    pretendInFlight(id, -1);
    assertThat(post("/v1/tasks", body, null).statusCode()).isEqualTo(202);
    assertThat(idsInQueue()).containsExactly(id);
    awaitKnown(id);
    pretendInFlight(id, -1);
    assertTaken(post("/v1/tasks", body, null), id);
  }

  @Test
  void refusesWhatIsNoTaskId() {
    for (var id : List.of("", ".", "..", "a/b", "a b", "-a", "a".repeat(101))) {
      var answer = post("/v1/tasks", TASK.replace("}}", "},'taskId':'" + id + "'}"), null);
      assertProblem(answer, 400, "invalid-request");
      assertThat(json(answer).at("/errors/0/field").asString()).isEqualTo("taskId");
    }
  }

  @Test
  void refusesWhatNeedsTheDatabase_andTakesAllElse_whileItIsAway() {
    assumeTrue(kind == Database.POSTGRES, "H2 is back at the next connection");
    database.kill();
    try {
      assertProblem(post("/v1/tasks", TASK, newKey()), 503, "ledger-unavailable");
      assertProblem(post("/send", SEND, newKey()), 503, "ledger-unavailable");
      var own = TASK.replace("}}", "},'taskId':'" + newKey() + "'}");
      assertProblem(post("/v1/tasks", own, null), 503, "ledger-unavailable");
      assertThat(post("/v1/tasks", TASK, null).statusCode()).isEqualTo(202);
      assertThat(post("/send", SEND, null).statusCode()).isEqualTo(202);
    } finally {
      database.start();
    }
    var key = newKey();
    await().atMost(PATIENCE).until(() -> post("/v1/tasks", TASK, key).statusCode() == 202);
  }

  private static void assertInFlight(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
    assertThat(json(answer).get("type").asString()).isEqualTo("urn:warren:problem:in-flight");
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
  }

  private static void assertTaken(HttpResponse<String> answer, String id) {
    assertProblem(answer, 409, "task-id-taken");
    assertThat(answer.headers().firstValue("Location")).hasValue("/v1/tasks/" + id);
  }

  private void pretendInFlight(String id, int seconds) {
    var until = Instant.now().plusSeconds(seconds).atOffset(ZoneOffset.UTC);
    assertThat(
            jdbc()
                .sql(
                    "UPDATE claim SET held_until = :until, confirmed_at = NULL WHERE task_id = :id")
                .param("until", until)
                .param("id", id)
                .update())
        .isPositive();
  }

  private void pretendNeverPublished(String id) {
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    jdbc().sql("DELETE FROM task WHERE id = :id").param("id", id).update();
  }

  private void awaitKnown(String id) {
    assertThat(sender.get("/v1/tasks/" + id).statusCode()).isEqualTo(200);
  }

  private void succeed(String id) {
    var now = Instant.now();
    var task = TaskMessage.of(id, "message", "default", now, new byte[0]);
    var result = "{\"n\":1}".getBytes(StandardCharsets.UTF_8);
    var event = new TaskEvent(Kind.SUCCEEDED, task, 1, "w1", now, now, null, null, result).toWire();
    vhost.onChannel(
        channel -> {
          channel.basicPublish(
              event.exchange(),
              event.routingKey(),
              new BasicProperties.Builder()
                  .messageId(id)
                  .type(event.type())
                  .headers(event.headers())
                  .build(),
              event.body());
          return null;
        });
  }

  private JdbcClient jdbc() {
    return sender.bean(JdbcClient.class);
  }

  private HttpRequest.Builder request(String path, String body, String key) {
    var request =
        sender
            .to(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.replace('\'', '"')));
    return key == null ? request : request.header("Idempotency-Key", key);
  }

  private HttpResponse<String> post(String path, String body, String key) {
    return sender.answerTo(request(path, body, key));
  }

  private static String newKey() {
    return UUID.randomUUID().toString();
  }

  /** Takes all. */
  private List<String> idsInQueue() {
    return vhost.onChannel(
        channel -> {
          var ids = new ArrayList<String>();
          for (var got = channel.basicGet(TaskTopology.DEFAULT_QUEUE, true);
              got != null;
              got = channel.basicGet(TaskTopology.DEFAULT_QUEUE, true)) {
            ids.add(got.getProps().getMessageId());
          }
          return ids;
        });
  }

  private static String idIn(HttpResponse<String> answer) {
    return json(answer).get("id").asString();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
