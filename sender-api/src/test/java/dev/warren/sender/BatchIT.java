package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
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

/** Many tasks in one request, each with an outcome that is true. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class BatchIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String CONFIRMED = "warren_publish_confirm_seconds_count";
  private static final String JSON = "application/json";
  private static final String LINES = "application/x-ndjson";
  private static final int SLOTS = 4;

  @Parameter private Database kind;
  private TestDatabase database;
  private TestBroker broker;
  private VirtualHost vhost;
  private RunningSender sender;

  /** So few in flight that a batch would be refused if it did not wait for room. */
  @BeforeParameterizedClassInvocation
  void start(Database kind, TestBroker broker, VirtualHost vhost) {
    database = kind.fresh();
    this.broker = broker;
    this.vhost = vhost;
    sender =
        RunningSender.on(
                vhost,
                database,
                "--sender.publishing.max-in-flight=200",
                "--sender.batches.max-at-once=" + SLOTS)
            .ready();
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
  void answersEachOfAnArrayInOrder() {
    var answer =
        post(
            JSON,
            "["
                + task("a")
                + ", {'type':'nope','payload':1}, "
                + task("b", "'delaySeconds':3600")
                + ",{'type':'message','payload':{'message':5}}, 7 ]",
            null);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var receipt = json(answer);
    assertThat(receipt.get("accepted").asInt()).isEqualTo(2);
    assertThat(receipt.get("refused").asInt()).isEqualTo(3);
    assertThat(statuses(answer)).containsExactly(202, 404, 202, 400, 400);
    var first = receipt.at("/outcomes/0");
    assertThat(first.propertyNames()).containsExactly("index", "status", "id", "location");
    assertThat(first.get("location").asString())
        .isEqualTo("/v1/tasks/" + first.get("id").asString());
    assertThat(receipt.at("/outcomes/1/problem/type").asString()).endsWith("unknown-type");
    assertThat(receipt.at("/outcomes/3/problem/errors/0/field").asString())
        .isEqualTo("payload.message");
    assertThat(idsInQueue()).containsExactly(first.get("id").asString());
  }

  @Test
  void answersEachLine() {
    var answer = post(LINES, task("a") + "\n{'type':\n\n" + task("b") + "\r\n", null);
    assertThat(statuses(answer)).containsExactly(202, 400, 202);
    assertThat(json(answer).at("/outcomes/1/problem/type").asString()).endsWith("malformed-json");
    assertThat(idsInQueue()).hasSize(2);
  }

  @Test
  void saysWhereAnArrayBreaks_andTakesNothingBehindIt() {
    var trap =
        "{'type':'message','payload':{'message':'}, " + task("x").replace("'", "\\\"") + ",'}}";
    for (var broken : List.of("{'type':", "{'type':'message' 'payload':1}", "nonsense")) {
      var answer = post(JSON, "[" + task("a") + "," + broken + "," + trap + "]", null);
      assertThat(statuses(answer)).as(broken).containsExactly(202, 400);
      assertThat(json(answer).at("/outcomes/1/problem/type").asString()).endsWith("malformed-json");
    }
    var cutOff = "[" + task("a") + "," + task("b");
    assertThat(statuses(post(JSON, cutOff, null))).containsExactly(202, 400);
    assertThat(statuses(post(JSON, "[" + task("a") + "]x", null))).containsExactly(202, 400);
    assertThat(idsInQueue()).hasSize(5);
  }

  @Test
  void answersProblems_whereNothingOfItCanBeRead() {
    assertProblem(post(JSON, "", null), 400, "malformed-json");
    assertProblem(post(JSON, task("a"), null), 400, "malformed-json");
    assertProblem(post("text/plain", "[]", null), 415, "unsupported-media-type");
    assertProblem(post(JSON, " ".repeat(17 * 1024 * 1024), null), 413, "content-too-large");
    var html = request(JSON, BodyPublishers.ofString("[" + task("a") + "]"), null);
    assertProblem(sender.answerTo(html.header("Accept", "text/html")), 406, "not-acceptable");
    assertThat(json(post(JSON, "[]", null)).get("outcomes")).isEmpty();
    assertThat(json(post(LINES, "", null)).get("outcomes")).isEmpty();
    assertThat(idsInQueue()).isEmpty();
  }

  @Test
  void refusesATaskThatIsTooLarge_andNoOther() {
    var large = "x".repeat(2 * 1024 * 1024);
    var answer = post(LINES, task("a") + "\n" + task(large) + "\n" + task("b"), null);
    assertThat(statuses(answer)).containsExactly(202, 413, 202);
  }

  @Test
  void takesTenThousandAndNoMore() {
    var answer = post(LINES, lines("n", 0, 10_002), null);
    assertThat(statuses(answer)).hasSize(10_001);
    assertThat(statuses(answer).subList(0, 10_000)).containsOnly(202);
    assertThat(json(answer).at("/outcomes/10000/status").asInt()).isEqualTo(413);
    assertThat(idsInQueue()).hasSize(10_000);
  }

  @Test
  void answersTheTruthForEach_whenTheBrokerIsKilledInItsMiddle() {
    var rest = new ByteArrayInputStream(lines("killed-", 5000, 10_000).getBytes(UTF_8));
    var confirmed = sender.metric(CONFIRMED);
    Runnable kill =
        () -> {
          await().atMost(PATIENCE).until(() -> sender.metric(CONFIRMED) > confirmed + 100);
          broker.kill();
        };
    var answer = sender.answerTo(request(LINES, streamed(rest, kill), null));
    broker.start();
    sender.ready();

    assertThat(answer.statusCode()).isEqualTo(200);
    var outcomes = json(answer).get("outcomes");
    assertThat(outcomes).hasSize(10_000);
    assertThat(statuses(answer)).contains(202, 503);
    await().atMost(PATIENCE).until(() -> sender.bean(CaughtUp.class).caughtUp(PATIENCE).join());
    var known = idsByMessage("killed-");
    for (var outcome : outcomes) {
      var message = "killed-" + outcome.get("index").asInt();
      switch (outcome.get("status").asInt()) {
        case 202, 504 -> {
          var id =
              outcome.get("status").asInt() == 202
                  ? outcome.get("id").asString()
                  : known.get(message);
          assertThat(known.get(message)).as(message).isEqualTo(id);
        }
        case 503 -> assertThat(known).doesNotContainKey(message);
        default -> throw new AssertionError(outcome);
      }
    }
  }

  @Test
  void holdsFewThreads_whileClientsAreSlow() throws Exception {
    var halfSent = new ArrayList<Socket>();
    try {
      for (var i = 0; i < SLOTS; i++) {
        var socket = new Socket("127.0.0.1", sender.port());
        halfSent.add(socket);
        var head = "POST /v1/tasks/batch HTTP/1.1\r\nHost: a\r\nContent-Type: " + JSON + "\r\n";
        socket.getOutputStream().write((head + "Content-Length: 20\r\n\r\n[").getBytes(UTF_8));
      }
      await().atMost(PATIENCE).until(() -> post(JSON, "[]", null).statusCode() == 503);
      assertProblem(post(JSON, "[]", null), 503, "overloaded");
      assertThat(sender.send("others go on").statusCode()).isEqualTo(202);
    } finally {
      for (var socket : halfSent) {
        socket.close();
      }
    }
    await().atMost(PATIENCE).until(() -> post(JSON, "[]", null).statusCode() == 200);
  }

  @Test
  void takesEachIdOfTheClientsOnce() {
    var id = UUID.randomUUID().toString();
    var own = task("a", "'taskId':'" + id + "'");
    var answer = post(JSON, "[" + own + "," + own + "," + task("b") + "]", null);
    assertThat(statuses(answer)).containsExactly(202, 409, 202);
    assertThat(json(answer).at("/outcomes/1/location").asString()).isEqualTo("/v1/tasks/" + id);
    assertThat(json(answer).at("/outcomes/1/problem/type").asString()).endsWith("task-id-taken");
  }

  @Test
  void givesTheSameAnswerToTheSameKey() {
    var key = UUID.randomUUID().toString();
    var own = UUID.randomUUID().toString();
    var body =
        "["
            + task("a")
            + ",{'type':'nope','payload':1},"
            + task("b", "'taskId':'" + own + "'")
            + "]";
    var first = post(JSON, body, key);
    assertThat(statuses(first)).containsExactly(202, 404, 202);
    assertThat(post(JSON, body, key).body()).isEqualTo(first.body());
    assertProblem(post(JSON, body + " ", key), 422, "key-reused");
    jdbc()
        .sql("UPDATE claim SET held_until = made_at WHERE made_at > :since OR held_until IS NULL")
        .param("since", OffsetDateTime.now().minusHours(1))
        .update(); // as a kill -9 leaves it
    assertThat(post(JSON, body, key).body()).isEqualTo(first.body());
    assertThat(post(JSON, body, key).body()).isEqualTo(first.body());
    assertThat(idsInQueue()).hasSize(2).contains(own);
  }

  @Test
  void triesAgainWhatWasNotTaken_whenTheKeyIsSentAgain() {
    var key = UUID.randomUUID().toString();
    var body = lines("n", 0, 40);
    var policy = "/api/policies/" + vhost.name() + "/full";
    vhost.manage(
        "PUT", policy, "{\"pattern\":\"^tasks.default$\",\"definition\":{\"max-length\":20}}");
    HttpResponse<String> first;
    try {
      await().atMost(PATIENCE).until(() -> sender.send("full").statusCode() == 503);
      first = post(LINES, body, key);
      assertThat(statuses(first)).contains(503);
      vhost.purge(TaskTopology.DEFAULT_QUEUE);
      await().atMost(PATIENCE).until(() -> sender.send("room").statusCode() == 202);
    } finally {
      vhost.manage("DELETE", policy, "");
    }
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    var again = post(LINES, body, key);
    assertThat(statuses(again)).containsOnly(202);
    var ids = json(again).get("outcomes").findValuesAsString("id");
    assertThat(ids)
        .doesNotHaveDuplicates()
        .containsAll(json(first).get("outcomes").findValuesAsString("id"));
    assertThat(ids).containsAll(idsInQueue());
    assertThat(post(LINES, body, key).body()).isEqualTo(again.body());
    assertThat(idsInQueue()).isEmpty();
  }

  /** The first half, then this, then the rest. */
  private static BodyPublisher streamed(InputStream rest, Runnable between) {
    var half = new ByteArrayInputStream(lines("killed-", 0, 5000).getBytes(UTF_8));
    var pause =
        new InputStream() {
          @Override
          public int read() {
            between.run();
            return -1;
          }
        };
    return BodyPublishers.ofInputStream(
        () -> new SequenceInputStream(half, new SequenceInputStream(pause, rest)));
  }

  private static String lines(String message, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> task(message + i).replace('\'', '"'))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String task(String message) {
    return "{'type':'message','payload':{'message':'" + message + "'}}";
  }

  private static String task(String message, String more) {
    return task(message).replace("}}", "}," + more + "}");
  }

  private Map<String, String> idsByMessage(String prefix) {
    var ids = new HashMap<String, String>();
    jdbc()
        .sql("SELECT id, payload FROM task")
        .query(
            row -> {
              var payload = JsonMapper.shared().readTree(row.getBytes("payload"));
              var message = payload.get("message").asString();
              if (message.startsWith(prefix)) {
                ids.put(message, row.getString("id"));
              }
            });
    return ids;
  }

  private JdbcClient jdbc() {
    return sender.bean(JdbcClient.class);
  }

  private HttpRequest.Builder request(String type, BodyPublisher body, String key) {
    var request = sender.to("/v1/tasks/batch").header("Content-Type", type).POST(body);
    return key == null ? request : request.header("Idempotency-Key", key);
  }

  private HttpResponse<String> post(String type, String body, String key) {
    return sender.answerTo(request(type, BodyPublishers.ofString(body.replace('\'', '"')), key));
  }

  private static List<Integer> statuses(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var statuses = new ArrayList<Integer>();
    json(answer).get("outcomes").forEach(each -> statuses.add(each.get("status").asInt()));
    return statuses;
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

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
