package dev.warren.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Callers that know nothing of Warren but its exchange, and a user that may do nothing but answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class ForeignRepliesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int MAX_WAITING = 50;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String DIRECT = "amq.rabbitmq.reply-to";

  private final String user = "replies-" + UUID.randomUUID();
  private VirtualHost vhost;
  private RunningSender sender;
  private Connection connection;
  private Channel channel;
  private final List<Delivery> replies = new CopyOnWriteArrayList<>();

  @BeforeAll
  void start(VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    vhost.manage("PUT", "/api/users/" + user, "{\"password\": \"a:b@c\", \"tags\": \"\"}");
    permit("^amq\\\\.default$");
    sender =
        RunningSender.on(
                vhost,
                "--RABBITMQ_REPLIES_URI=amqp://" + user + ":a%3Ab%40c@elsewhere",
                "--sender.foreign.max-waiting=" + MAX_WAITING,
                "--sender.foreign.max-backoff=1s")
            .ready();
    connection = vhost.connect();
    channel = connection.createChannel();
    channel.queueDeclare("reply.test", false, true, true, Map.of());
    channel.basicConsume("reply.test", true, (tag, reply) -> replies.add(reply), tag -> {});
    channel.basicConsume(DIRECT, true, (tag, reply) -> replies.add(reply), tag -> {});
  }

  @AfterAll
  void stop() {
    sender.close();
    connection.abort();
    vhost.manage("DELETE", "/api/users/" + user, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reply.test", DIRECT})
  void answersWithTheResult(String replyTo) throws Exception {
    var id = publish(replyTo);
    tell("succeeded", id, Map.of(), "{\"value\": 15}");

    var reply = awaitReply(id);
    var properties = reply.getProperties();
    assertThat(new String(reply.getBody(), UTF_8)).isEqualTo("{\"value\": 15}");
    assertThat(properties.getCorrelationId()).isEqualTo("of " + id);
    assertThat(properties.getMessageId()).isEqualTo(id);
    assertThat(properties.getType()).isEqualTo("sum");
    assertThat(properties.getContentType()).isEqualTo("application/json");
    assertThat(properties.getDeliveryMode()).isEqualTo(1);
    assertThat(properties.getHeaders()).hasToString("{state=SUCCEEDED}");
  }

  @Test
  void answersNull_whereThereIsNoResult() throws Exception {
    var id = publish("reply.test");
    tell("succeeded", id, Map.of(), "");

    assertThat(new String(awaitReply(id).getBody(), UTF_8)).isEqualTo("null");
  }

  @Test
  void saysThatAResultIsNoJson() throws Exception {
    var id = publish("reply.test");
    tell("succeeded", id, Map.of(), "no JSON");

    var reply = awaitReply(id);
    assertThat(new String(reply.getBody(), UTF_8)).isEqualTo("no JSON");
    assertThat(reply.getProperties().getContentType()).isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @CsvSource({
    "failed, true, DEAD, Boom, call-failed, no luck",
    "failed, false, DEAD, Boom, call-failed, no luck",
    "expired, false, EXPIRED, expired, call-expired, The task's time was over before it was done.",
    "cancelled, false, CANCELLED, cancelled, call-cancelled, The task was cancelled."
  })
  void answersWithTheProblem(
      String what, boolean permanent, String state, String code, String type, String detail)
      throws Exception {
    var id = publish("reply.test", Map.of("retry-max-attempts", 1));
    tell(what, id, failure(permanent), what.equals("failed") ? "{}" : "");

    assertProblem(awaitReply(id), id, state, code, type, detail);
  }

  @Test
  void answersNothingBetweenTwoAttempts() throws Exception {
    var id = publish("reply.test", Map.of("retry-min-backoff-ms", 3_600_000));
    tell("failed", id, failure(false), "{}");
    awaitState(id, "RETRY_WAIT");

    assertThat(sender.answerTo(post("/v1/tasks/" + id + "/cancel")).statusCode()).isEqualTo(200);

    assertProblem(
        awaitReply(id), id, "CANCELLED", "cancelled", "call-cancelled", "The task was cancelled.");
  }

  @Test
  void answersOfABuriedTask() throws Exception {
    var id = UUID.randomUUID().toString();
    var headers = Map.<String, Object>of("dead-reason", "unknown-type", "dead-detail", "no sum");
    send("tasks", "dead", properties(id, "reply.test", headers), "{}");

    assertProblem(awaitReply(id), id, "DEAD", "unknown-type", "call-failed", "no sum");
  }

  @ParameterizedTest
  @CsvSource({"succeeded, ''", "failed, {}"})
  void answers_whenTheTaskIsHeardOfAfterItsEnd(String end, String body) throws Exception {
    var id = UUID.randomUUID().toString();
    var headers = new HashMap<>(failure(true));
    headers.put("created-at", "2026-01-02T03:04:05.678Z");
    tell(end, id, headers, body);
    awaitState(id, end.equals("failed") ? "DEAD" : "SUCCEEDED");

    send("tasks", "default", properties(id, "reply.test", Map.of()), "{}");

    assertThat(awaitReply(id).getProperties().getCorrelationId()).isEqualTo("of " + id);
  }

  @Test
  void answersOnceAnEnd() throws Exception {
    var id = publish("reply.test");
    for (var i = 0; i < 3; i++) {
      tell("failed", id, failure(true), "{}");
      tell("succeeded", id, Map.of(), "1");
    }
    awaitReply(id);
    awaitReply(answered("reply.test")); // whatever was said of the first had been said before

    assertThat(repliesOf(id)).hasSize(1);

    var replay = sender.answerTo(post("/v1/tasks/" + id + "/replay"));
    assertThat(replay.statusCode()).as(replay.body()).isEqualTo(202);
    tell("succeeded", id, Map.of("round", 2), "2");

    await().atMost(PATIENCE).until(() -> repliesOf(id).size() == 2);
    assertThat(new String(repliesOf(id).get(1).getBody(), UTF_8)).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks.dead", "reply.", "other", "reply-test", "a.reply.test"})
  void refusesToAnswerInAnyQueue(String replyTo) throws Exception {
    var before = dropped("refused");
    answered(replyTo);

    awaitThat(() -> dropped("refused") >= before + 1);
    assertThat(vhost.take("tasks.dead")).isEmpty();
  }

  @Test
  void countsCallersThatHaveGone() throws Exception {
    var before = dropped("gone");
    answered("reply.nobody");
    answered("amq.gen-nobody");
    answered(DIRECT + ".g1h2AA1yZXBseUAyNzg4Nzg1AAADJgAAAABrAhSx.KerQRFsEOD+GQ7irHcUkwQ==");
    answered(DIRECT + ".g1hk.AA=="); // for which 3.10 closes the connection
    var caller = connection.createChannel();
    caller.confirmSelect();
    caller.basicConsume(DIRECT, true, (tag, reply) -> {}, tag -> {});
    var id = UUID.randomUUID().toString();
    caller.basicPublish("tasks", "default", properties(id, DIRECT, Map.of()), "{}".getBytes(UTF_8));
    caller.waitForConfirmsOrDie(PATIENCE.toMillis());
    caller.close();
    tell("succeeded", id, Map.of(), "1");

    awaitThat(() -> dropped("gone") >= before + 5);
    awaitReply(answered("reply.test"));
    awaitReply(answered(DIRECT));
  }

  @Test
  void countsWhatTheCallersQueueDoesNotTake() throws Exception {
    var before = dropped("refused");
    channel.queueDeclare(
        "reply.full", false, true, true, Map.of("x-max-length", 0, "x-overflow", "reject-publish"));
    answered("reply.full");

    awaitThat(() -> dropped("refused") >= before + 1);
  }

  @Test
  void connectsAgain() throws Exception {
    awaitReply(answered("reply.test"));
    var before = replies.size();
    closeConnections();

    // What was on its way may be lost.
    awaitThat(() -> replies.size() > before, () -> answered("reply.test"));
    awaitReply(answered(DIRECT));
  }

  @Test
  void holdsUpNothing_whereNobodyMayBeAnswered() throws Exception {
    var refused = dropped("refused");
    var overflow = dropped("overflow");
    int before;
    permit("^$");
    try {
      closeConnections(); // what a channel may, it may as long as it is open
      awaitThat(() -> dropped("refused") > refused, () -> answered("reply.test"));
      var ids = new ArrayList<String>();
      for (var i = 0; i < 3 * MAX_WAITING; i++) {
        ids.add(answered("reply.test"));
      }
      awaitState(ids.get(ids.size() - 1), "SUCCEEDED");
      awaitThat(
          () -> dropped("overflow") >= overflow + MAX_WAITING,
          () -> IntStream.range(0, MAX_WAITING).forEach(i -> answered("reply.test")));
      before = replies.size();
    } finally {
      permit("^amq\\\\.default$");
    }
    awaitThat(() -> replies.size() > before);
    awaitReply(answered("reply.test"));
  }

  private void permit(String write) {
    vhost.manage(
        "PUT",
        "/api/permissions/" + vhost.name() + "/" + user,
        "{\"configure\": \"^$\", \"write\": \"" + write + "\", \"read\": \"^$\"}");
  }

  /** As an operator would. */
  private void closeConnections() {
    var closed = new HashSet<String>();
    awaitThat(
        () -> {
          for (var each : JSON.readTree(vhost.manage("GET", "/api/connections", ""))) {
            if (each.path("user").asString().equals(user)) {
              var name = each.get("name").asString();
              try {
                vhost.manage("DELETE", "/api/connections/" + UriUtils.encode(name, UTF_8), "");
                closed.add(name);
              } catch (IllegalStateException e) {
                // It has gone meanwhile.
              }
            }
          }
          return !closed.isEmpty();
        });
  }

  /** A task that has ended; its id. */
  private String answered(String replyTo) {
    var id = publish(replyTo);
    tell("succeeded", id, Map.of(), "1");
    return id;
  }

  private String publish(String replyTo) {
    return publish(replyTo, Map.of());
  }

  private String publish(String replyTo, Map<String, Object> headers) {
    var id = UUID.randomUUID().toString();
    send("tasks", "default", properties(id, replyTo, headers), "{}");
    return id;
  }

  /** As a worker in another language would, with no more than must be. */
  private void tell(String what, String id, Map<String, Object> headers, String body) {
    var event = new BasicProperties.Builder().messageId(id).type("sum").headers(headers).build();
    send("task-events", "task." + what + ".none.sum", event, body);
  }

  private void send(String exchange, String key, BasicProperties properties, String body) {
    try {
      channel.basicPublish(exchange, key, properties, body.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BasicProperties properties(
      String id, String replyTo, Map<String, Object> headers) {
    return new BasicProperties.Builder()
        .messageId(id)
        .type("sum")
        .replyTo(replyTo)
        .correlationId("of " + id)
        .deliveryMode(2)
        .headers(headers)
        .build();
  }

  private static Map<String, Object> failure(boolean permanent) {
    return Map.of("error-class", "Boom", "error-message", "no luck", "permanent", permanent);
  }

  private List<Delivery> repliesOf(String id) {
    return replies.stream().filter(each -> id.equals(each.getProperties().getMessageId())).toList();
  }

  private Delivery awaitReply(String id) {
    return await().atMost(PATIENCE).until(() -> repliesOf(id), all -> !all.isEmpty()).get(0);
  }

  private static void assertProblem(
      Delivery reply, String id, String state, String code, String type, String detail) {
    var properties = reply.getProperties();
    assertThat(properties.getContentType()).isEqualTo("application/problem+json");
    assertThat(properties.getCorrelationId()).isEqualTo("of " + id);
    assertThat(properties.getHeaders().get("state")).hasToString(state);
    assertThat(properties.getHeaders().get("error-class")).hasToString(code);
    var problem = JSON.readTree(reply.getBody());
    assertThat(problem.get("type").asString()).isEqualTo("urn:warren:problem:" + type);
    assertThat(problem.get("title").asString()).isNotBlank();
    assertThat(problem.get("detail").asString()).isEqualTo(detail);
    assertThat(problem.get("code").asString()).isEqualTo(code);
    assertThat(problem.get("taskId").asString()).isEqualTo(id);
  }

  private double dropped(String reason) {
    return sender.metric("warren_foreign_replies_dropped_total{reason=\"" + reason + "\"}");
  }

  private void awaitState(String id, String state) {
    awaitThat(() -> sender.get("/v1/tasks/" + id).body().contains("\"" + state + "\""));
  }

  private static void awaitThat(BooleanSupplier condition) {
    awaitThat(condition, () -> {});
  }

  /** Does something before each look. */
  private static void awaitThat(BooleanSupplier condition, Runnable before) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              before.run();
              return condition.getAsBoolean();
            });
  }

  private HttpRequest.Builder post(String path) {
    return sender.to(path).POST(BodyPublishers.noBody());
  }
}
