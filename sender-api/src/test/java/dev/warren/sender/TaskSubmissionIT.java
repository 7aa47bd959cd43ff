package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** POST /v1/tasks: what is taken, what goes to the broker, and who waits for the end of it. */
@ExtendWith(BrokerExtension.class)
class TaskSubmissionIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String MESSAGE = "{'type':'message','payload':{'message':'a'}}";
  private static final String MAIL_QUEUE = TaskTopology.queueOf("mail");

  private static TestBroker broker;
  private static VirtualHost vhost;
  private static RunningSender sender;

  @BeforeAll
  static void start(TestBroker shared, VirtualHost own) {
    broker = shared;
    vhost = own;
    sender =
        RunningSender.on(
                vhost, "--WARREN_QUEUES=mail,images", "--sender.publishing.confirm-timeout=60s")
            .ready();
    await().atMost(PATIENCE).until(TaskSubmissionIT::hasReplyQueue);
  }

  @AfterAll
  static void stop() {
    sender.close();
  }

  @BeforeEach
  void empty() {
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    vhost.purge(MAIL_QUEUE);
  }

  @Test
  void answers202WithTheTaskThatIsInTheQueue() {
    var answer = post(MESSAGE);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    var task = json(answer);
    var id = task.get("id").asString();
    assertThat(UUID.fromString(id).version()).isEqualTo(7);
    assertThat(answer.headers().firstValue("Location")).hasValue("/v1/tasks/" + id);
    assertThat(task.get("state").asString()).isEqualTo("QUEUED");
    assertThat(task.get("queue").asString()).isEqualTo("default");
    assertThat(task.at("/links/self").asString()).isEqualTo("/v1/tasks/" + id);
    assertThat(task.at("/payload/message").asString()).isEqualTo("a");
    assertThat(task.at("/retry/minBackoff").asString()).isEqualTo("PT1S");
    assertThat(task.get("timeoutSeconds").asInt()).isEqualTo(60);
    var sent = vhost.take(TaskTopology.DEFAULT_QUEUE).orElseThrow();
    assertThat(sent.getProps().getMessageId()).isEqualTo(id);
    assertThat(headers(sent)).containsOnlyKeys("queue", "created-at");
  }

  @Test
  void sendsWhatTheTaskAsksFor() {
    var answer =
        post(
            "{'type':'newsletter','queue':'mail','payload':[1,2.50],'priority':7,"
                + "'timeoutSeconds':90,'retry':{'maxAttempts':2,'maxBackoff':'PT10S'},"
                + "'expiresAt':'2100-01-01T00:00:00Z','labels':{'customer':'4711'}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    var sent = vhost.take(MAIL_QUEUE).orElseThrow();
    assertThat(new String(sent.getBody(), UTF_8)).isEqualTo("[1,2.50]");
    assertThat(sent.getProps().getPriority()).isEqualTo(7);
    assertThat(headers(sent))
        .containsEntry("queue", "mail")
        .containsEntry("timeout-ms", "90000")
        .containsEntry("retry-max-attempts", "2")
        .containsEntry("retry-min-backoff-ms", "1000")
        .containsEntry("retry-max-backoff-ms", "10000")
        .containsEntry("expires-at", "2100-01-01T00:00:00Z")
        .containsEntry("labels", "{customer=4711}");
    assertThat(json(answer).at("/labels/customer").asString()).isEqualTo("4711");
  }

  @Test
  void passesOnTheTraceOfItsCaller() {
    var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    var whole = sender.json("{\"message\":\"a\"}").header("traceparent", trace);
    var none = sender.json("{\"message\":\"a\"}").header("traceparent", "00-0-0-01");
    var task = request(MESSAGE).header("traceparent", trace);

    for (var traced : List.of(whole, task)) {
      assertThat(sender.answerTo(traced).statusCode()).isEqualTo(202);
      var sent = vhost.take(TaskTopology.DEFAULT_QUEUE).orElseThrow();
      assertThat(headers(sent)).containsEntry("traceparent", trace);
      assertThat(found(sent).get("traceId").asString())
          .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }
    assertThat(sender.answerTo(none).statusCode()).isEqualTo(202);
    var sent = vhost.take(TaskTopology.DEFAULT_QUEUE).orElseThrow();
    assertThat(headers(sent)).doesNotContainKey("traceparent");
    assertThat(found(sent).has("traceId")).isFalse();
  }

  private JsonNode found(GetResponse sent) {
    var answer = sender.get("/v1/tasks/" + sent.getProps().getMessageId());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  @Test
  void sendsADelayedTaskToTheLedgerOnly() {
    var answer = post(MESSAGE.replace("}}", "},'delaySeconds':3600}"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(json(answer).get("state").asString()).isEqualTo("SCHEDULED");
    assertThat(Instant.parse(json(answer).get("nextAttemptAt").asString()))
        .isAfter(Instant.now().plusSeconds(3500));
    assertThat(vhost.take(TaskTopology.DEFAULT_QUEUE)).isEmpty();
  }

  @Test
  void answers400WithThePathOfEachField() {
    var answer = post("{'type':'message','payload':{'message':''},'retry':{'maxAttempts':0}}");
    assertProblem(answer, 400, "invalid-request");
    assertThat(json(answer).get("errors").findValuesAsString("field"))
        .containsExactlyInAnyOrder("payload.message", "retry.maxAttempts");
  }

  @Test
  void answers404NamingTheNearest() {
    assertProblem(post("{'type':'mesage','payload':1}"), 404, "unknown-type");
    var answer = post("{'type':'x','queue':'mial','payload':1}");
    assertProblem(answer, 404, "unknown-queue");
    assertThat(json(answer).get("detail").asString()).contains("nearest: mail");
  }

  @Test
  void answers503_whenTheBrokerRefusesTheTask() {
    var policy = "/api/policies/" + vhost.name() + "/full";
    vhost.manage(
        "PUT",
        policy,
        "{\"pattern\": \"^" + MAIL_QUEUE + "$\", \"definition\": {\"max-length\": 1}}");
    try {
      var mail = "{'type':'t','queue':'mail','payload':1}";
      await().atMost(PATIENCE).until(() -> post(mail).statusCode() == 503);
      assertProblem(post(mail), 503, "queue-refused");
    } finally {
      vhost.manage("DELETE", policy, "");
    }
  }

  @Test
  void takesAPayloadOfOneMebibyteAndNoMore() {
    var most = "x".repeat(1024 * 1024 - 2);
    assertThat(post("{'type':'t','queue':'mail','payload':'" + most + "'}").statusCode())
        .isEqualTo(202);
    assertProblem(
        post("{'type':'t','queue':'mail','payload':'" + most + "x'}"), 413, "content-too-large");
    var body = "{'type':'t','queue':'mail','payload':'" + most + "'" + " ".repeat(70_000) + "}";
    assertProblem(post(body), 413, "content-too-large");
  }

  @Test
  void answersProblemsForWhatSpringRefuses() {
    var text = request(MESSAGE).setHeader("Content-Type", "text/plain");
    assertProblem(sender.answerTo(text), 415, "unsupported-media-type");
    assertProblem(
        sender.answerTo(request(MESSAGE).header("Accept", "text/html")), 406, "not-acceptable");
    var put = sender.answerTo(request(MESSAGE).method("PUT", BodyPublishers.noBody()));
    assertProblem(put, 405, "method-not-allowed");
    assertThat(put.headers().firstValue("Allow")).isPresent();
  }

  @Test
  void holdsNoThread_whileBodiesTrickleIn() throws Exception {
    var halfSent = new ArrayList<Socket>();
    try {
      for (var i = 0; i < 250; i++) { // more than Tomcat has threads
        var socket = new Socket("127.0.0.1", sender.port());
        halfSent.add(socket);
        var head = "POST /v1/tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        socket.getOutputStream().write((head + "Content-Length: 20\r\n\r\n{").getBytes(UTF_8));
      }
      assertThat(post(MESSAGE).statusCode()).isEqualTo(202);
    } finally {
      for (var socket : halfSent) {
        socket.close();
      }
    }
  }

  @Test
  void answers200WithTheFinishedTask_whenItEndsInTime() {
    var answer = postLater(MESSAGE, "respond-async, wait=20");
    var task = takeTask();
    publish(succeeded(task, "{\"n\":1.50}"));

    var response = answer.join();
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Preference-Applied")).hasValue("wait=20");
    var view = json(response);
    assertThat(view.get("id").asString()).isEqualTo(task.id());
    assertThat(view.get("state").asString()).isEqualTo("SUCCEEDED");
    assertThat(response.body()).contains("\"result\":{\"n\":1.50}");
    assertThat(view.at("/attempts/0/outcome").asString()).isEqualTo("SUCCEEDED");
    assertThat(view.at("/attempts/0/worker").asString()).isEqualTo("worker-1");
  }

  @Test
  void answers200WithTheError_whenTheTaskIsDead() {
    var answer = postLater(MESSAGE, "wait=20");
    var task = takeTask();
    var failure = new TaskFailure("java.io.IOException", "no more", true, false, null);
    publish(
        new TaskEvent(
            Kind.DEAD, task, 1, null, null, Instant.now(), failure, null, task.payload()));

    var view = json(answer.join());
    assertThat(view.get("state").asString()).isEqualTo("DEAD");
    assertThat(view.get("deadReason").asString()).isEqualTo("permanent");
    assertThat(view.at("/error/class").asString()).isEqualTo("java.io.IOException");
    assertThat(view.at("/links/replay").asString()).endsWith("/replay");
  }

  @Test
  void answers202_whenTheTaskDoesNotEndInTime() {
    var begun = Instant.now();
    var response = postLater(MESSAGE, "wait=1").join();
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.headers().firstValue("Preference-Applied")).isEmpty();
    assertThat(Duration.between(begun, Instant.now()))
        .isBetween(Duration.ofMillis(950), Duration.ofSeconds(5));
    var dropped = dropped();
    publish(succeeded(takeTask(), "1"));
    await().atMost(PATIENCE).until(() -> dropped() == dropped + 1);
  }

  @Test
  void answersEachOf200CallersWithTheirOwn() {
    var answers = new HashMap<Integer, CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 200; i++) {
      answers.put(i, postLater(MESSAGE.replace("'a'", "'" + i + "'"), "wait=50"));
    }
    var tasks = new ArrayList<TaskMessage>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              drain(TaskTopology.DEFAULT_QUEUE).forEach(got -> tasks.add(taskOf(got)));
              return tasks.size() == 200;
            });
    assertThat(sender.metric("warren_replies_awaited")).isEqualTo(200);
    publish(
        tasks.stream()
            .map(task -> succeeded(task, new String(task.payload(), UTF_8)))
            .toArray(TaskEvent[]::new));
    answers.forEach(
        (i, answer) -> {
          assertThat(answer.join().statusCode()).isEqualTo(200);
          assertThat(json(answer.join()).at("/result/message").asString()).isEqualTo("" + i);
        });
    assertThat(sender.metric("warren_replies_awaited")).isZero();
  }

  @Test
  void letsNothingBehind_whenTheCallerIsGone() throws Exception {
    try (var socket = new Socket("127.0.0.1", sender.port())) {
      var body = MESSAGE.replace('\'', '"');
      var head =
          "POST /v1/tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Prefer: wait=2\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n";
      socket.getOutputStream().write((head + body).getBytes(UTF_8));
      await().atMost(PATIENCE).until(() -> sender.metric("warren_replies_awaited") == 1);
      socket.setSoLinger(true, 0); // a reset
    }
    await().atMost(PATIENCE).until(() -> sender.metric("warren_replies_awaited") == 0);
    assertThat(vhost.take(TaskTopology.DEFAULT_QUEUE)).isPresent();
  }

  @Test
  void awaitsNoReply_whenTheTaskWasNotTaken() {
    broker.ctl("set_vm_memory_high_watermark", "0");
    try {
      await().atMost(PATIENCE).until(() -> sender.readiness().statusCode() == 503);
      assertProblem(postLater(MESSAGE, "wait=30").join(), 503, "broker-blocked");
      assertThat(sender.metric("warren_replies_awaited")).isZero();
    } finally {
      broker.ctl("set_vm_memory_high_watermark", "0.4");
    }
    sender.ready();
  }

  @Test
  void answersWhatItsQueueMissed_whenThatWasLost() {
    var accepted = sender.metric("warren_tasks_accepted_total");
    var missed = List.of(postLater(MESSAGE, "wait=60"), postLater(MESSAGE, "wait=60"));
    var tasks = List.of(withoutCaller(takeTask()), withoutCaller(takeTask()));
    await()
        .atMost(PATIENCE)
        .until(() -> sender.metric("warren_tasks_accepted_total") == accepted + 2);
    publish(succeeded(tasks.get(0), "1"));
    var lost = replyQueues();
    broker.ctl("close_all_connections", "-p", vhost.name(), "test");
    await().atMost(PATIENCE).until(() -> hasReplyQueue() && !replyQueues().equals(lost));
    publish(succeeded(tasks.get(1), "1")); // the ledger hears of it later still
    assertThat(missed)
        .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200))
        .allSatisfy(answer -> assertThat(json(answer.join()).get("result").asInt()).isOne());

    sender.ready();
    var answer = postLater(MESSAGE, "wait=20");
    publish(succeeded(takeTask(), "1"));
    assertThat(answer.join().statusCode()).isEqualTo(200);
  }

  @Test
  void countsEachTaskOnce() {
    var accepted = sender.metric("warren_tasks_accepted_total");
    var refused = sender.metric("warren_tasks_refused_total{reason=\"unknown-type\"}");
    post(MESSAGE);
    post("{'type':'x','payload':1}");
    assertThat(sender.metric("warren_tasks_accepted_total")).isEqualTo(accepted + 1);
    assertThat(sender.metric("warren_tasks_refused_total{reason=\"unknown-type\"}"))
        .isEqualTo(refused + 1);
  }

  private static HttpRequest.Builder request(String body) {
    return sender
        .to("/v1/tasks")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.replace('\'', '"')));
  }

  private static HttpResponse<String> post(String body) {
    return sender.answerTo(request(body));
  }

  private static CompletableFuture<HttpResponse<String>> postLater(String body, String prefer) {
    return sender.answerLater(request(body).header("Prefer", prefer));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private static Map<String, String> headers(GetResponse message) {
    var headers = new HashMap<String, String>();
    message.getProps().getHeaders().forEach((name, value) -> headers.put(name, value.toString()));
    headers.remove("x-delivery-count"); // the broker's
    return headers;
  }

  private static TaskMessage takeTask() {
    return await()
        .atMost(PATIENCE)
        .until(() -> vhost.take(TaskTopology.DEFAULT_QUEUE), Optional::isPresent)
        .map(TaskSubmissionIT::taskOf)
        .orElseThrow();
  }

  private static List<GetResponse> drain(String queue) {
    return vhost.onChannel(
        channel -> {
          var all = new ArrayList<GetResponse>();
          for (var got = channel.basicGet(queue, true);
              got != null;
              got = channel.basicGet(queue, true)) {
            all.add(got);
          }
          return all;
        });
  }

  /** As a worker reads it. */
  private static TaskMessage taskOf(GetResponse got) {
    var properties = got.getProps();
    var headers = new HashMap<String, Object>(headers(got));
    return TaskMessage.from(
        new WireMessage(
            got.getEnvelope().getExchange(),
            got.getEnvelope().getRoutingKey(),
            properties.getMessageId(),
            properties.getType(),
            null,
            properties.getPriority(),
            null,
            null,
            headers,
            got.getBody()),
        Instant.now());
  }

  /** So that the event of its end does not come to the queue of the replica that waits for it. */
  private static TaskMessage withoutCaller(TaskMessage task) {
    return TaskMessage.of(task.id(), task.type(), task.queue(), task.createdAt(), task.payload());
  }

  private static TaskEvent succeeded(TaskMessage task, String result) {
    var now = Instant.now();
    return new TaskEvent(
        Kind.SUCCEEDED, task, 1, "worker-1", now, now, null, null, result.getBytes(UTF_8));
  }

  /** As a worker does. */
  private static void publish(TaskEvent... events) {
    vhost.onChannel(
        channel -> {
          for (var event : events) {
            var wire = event.toWire();
            var properties =
                new BasicProperties.Builder()
                    .messageId(wire.messageId())
                    .type(wire.type())
                    .headers(wire.headers())
                    .build();
            channel.basicPublish(wire.exchange(), wire.routingKey(), properties, wire.body());
          }
          return null;
        });
  }

  private static double dropped() {
    return sender.metric("warren_replies_dropped_total");
  }

  private static List<String> replyQueues() {
    return JsonMapper.shared()
        .readTree(vhost.manage("GET", "/api/queues/" + vhost.name(), ""))
        .findValuesAsString("name")
        .stream()
        .filter(name -> name.startsWith("api."))
        .filter(name -> !name.contains(".control.") && !name.contains(".workers."))
        .toList();
  }

  private static boolean hasReplyQueue() {
    return replyQueues().size() == 1;
  }
}
