package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static dev.warren.sender.StubWorker.event;
import static dev.warren.sender.StubWorker.failed;
import static dev.warren.sender.StubWorker.succeeded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** POST /v1/calls/{type}: what a caller is told, and when. */
@ExtendWith(BrokerExtension.class)
class CallsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int CROWD = 1000;
  private static final String LONG = "wait=60";
  private static final String SHOUT = "/v1/calls/shout?queue=shout";

  private static VirtualHost vhost;
  private static RunningSender sender;
  private static StubWorker worker;

  @BeforeAll
  static void start(VirtualHost own) {
    vhost = own;
    sender =
        RunningSender.on(
                vhost,
                "--WARREN_QUEUES=shout,late,crowd",
                "--sender.publishing.max-in-flight=5000",
                "--sender.publishing.confirm-timeout=60s")
            .ready();
    worker = StubWorker.answering(vhost, "shout", CallsIT::work);
    // The replica hears of ends once its own queue is there.
    await().atMost(PATIENCE).until(() -> call(SHOUT, "\"echo\"", "wait=1").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
    worker.close();
    sender.close();
  }

  /** The payload says what is to become of it. */
  private static TaskEvent work(TaskMessage task) {
    var order = new String(task.payload(), UTF_8).strip();
    return switch (order) {
      case "\"nothing\"" -> succeeded(task, "");
      case "\"text\"" -> succeeded(task, "no JSON");
      case "\"expire\"" -> event(Kind.EXPIRED, task, null, new byte[0]);
      case "\"fail\"" ->
          failed(task, new TaskFailure("division-by-zero", "1 / 0", true, false, null));
      case "\"stumble\"" ->
          task.execution().attempt() == 1
              ? failed(task, new TaskFailure("Busy", "", false, false, Duration.ofMillis(1)))
              : succeeded(task, "" + task.execution().attempt());
      default -> succeeded(task, order);
    };
  }

  @Test
  void answers200WithTheResultItself() {
    var answer = call(SHOUT, "{\"n\": 1.50}", LONG);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"n\": 1.50}");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=60");
    assertThat(answer.headers().firstValue("Location")).hasValue("/v1/tasks/" + idOf(answer));
    awaitState(idOf(answer), "SUCCEEDED");
  }

  @Test
  void aResultIsJson_orSaysThatItIsNone() {
    var nothing = call(SHOUT, "\"nothing\"", LONG);
    assertThat(nothing.statusCode()).isEqualTo(200);
    assertThat(nothing.body()).isEqualTo("null");
    var text = call(SHOUT, "\"text\"", LONG);
    assertThat(text.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(text.body()).isEqualTo("no JSON");
  }

  @Test
  void waitsThroughRetries() {
    var answer = call(SHOUT, "\"stumble\"", LONG);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource({
    "fail, call-failed, DEAD, division-by-zero",
    "expire, call-expired, EXPIRED, expired"
  })
  void answers422WithTheCode_whenTheServiceFails(
      String order, String type, String state, String code) {
    var answer = call(SHOUT, "\"" + order + "\"", LONG);
    assertFailed(answer, type, state, code);
  }

  @Test
  void answers422_whenItIsCancelled() {
    var answer = callLater("/v1/calls/message?queue=late", "{\"message\":\"cancelled\"}", LONG);
    var id = new String[1];
    await()
        .atMost(PATIENCE)
        .until(
            () -> vhost.take(TaskTopology.queueOf("late")),
            taken -> {
              taken.ifPresent(got -> id[0] = got.getProps().getMessageId());
              return taken.isPresent();
            });
    awaitState(id[0], "QUEUED");
    var cancel = sender.to("/v1/tasks/" + id[0] + "/cancel").POST(BodyPublishers.noBody());
    assertThat(sender.answerTo(cancel).statusCode()).isEqualTo(200);
    assertFailed(answer.join(), "call-cancelled", "CANCELLED", "cancelled");
  }

  private static void assertFailed(
      HttpResponse<String> answer, String type, String state, String code) {
    assertProblem(answer, 422, type);
    var problem = json(answer);
    assertThat(problem.get("code").asString()).isEqualTo(code);
    var location = "/v1/tasks/" + problem.get("taskId").asString();
    assertThat(answer.headers().firstValue("Location")).hasValue(location);
    awaitState(problem.get("taskId").asString(), state);
  }

  @Test
  void answers202_whenNobodyIsThere_andItIsDoneWhenSomebodyIs() {
    var answer = call("/v1/calls/late?queue=late", "7", "wait=1");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(json(answer).get("state").asString()).isEqualTo("QUEUED");
    assertThat(answer.headers().firstValue("Location")).hasValue("/v1/tasks/" + idOf(answer));
    assertThat(answer.headers().firstValue("Preference-Applied")).isEmpty();

    var dropped = sender.metric("warren_replies_dropped_total");
    try (var late = StubWorker.answering(vhost, "late", CallsIT::work)) {
      awaitState(idOf(answer), "SUCCEEDED");
    }
    assertThat(task(idOf(answer)).get("result").asInt()).isEqualTo(7);
    await().atMost(PATIENCE).until(() -> sender.metric("warren_replies_dropped_total") > dropped);
  }

  @Test
  void answersAtOnce_whenNobodyWaits() {
    var answer = call(SHOUT, "1", "wait=0");
    assertThat(answer.statusCode()).isEqualTo(202);
    awaitState(idOf(answer), "SUCCEEDED");
  }

  @Test
  void isDone_whenItsCallerHasGone() throws Exception {
    var held = new LinkedBlockingQueue<TaskMessage>();
    try (var late = StubWorker.taking(vhost, "late", stub -> held::add)) {
      try (var socket = new Socket("127.0.0.1", sender.port())) {
        var head =
            "POST /v1/calls/late?queue=late HTTP/1.1\r\nHost: a\r\n"
                + "Content-Type: application/json\r\nPrefer: wait=60\r\nContent-Length: 1\r\n\r\n";
        socket.getOutputStream().write((head + "3").getBytes(UTF_8));
        await().atMost(PATIENCE).until(() -> !held.isEmpty());
        socket.setSoLinger(true, 0); // a reset
      }
      var task = held.remove();
      late.tell(succeeded(task, "3"));
      awaitState(task.id(), "SUCCEEDED");
      assertThat(task(task.id()).get("result").asInt()).isEqualTo(3);
    }
  }

  /** All wait at once, and are answered in another order than they came in. */
  @Test
  void answersEachOf1000CallersWithTheirOwn() {
    var calls =
        IntStream.range(0, CROWD)
            .mapToObj(i -> callLater("/v1/calls/crowd?queue=crowd", "" + i, LONG))
            .toList();
    var held = new LinkedBlockingQueue<TaskMessage>();
    try (var crowd = StubWorker.taking(vhost, "crowd", stub -> held::add)) {
      await()
          .atMost(PATIENCE)
          .until(() -> held.stream().map(TaskMessage::id).distinct().count() == CROWD);
      assertThat(sender.metric("warren_replies_awaited")).isGreaterThanOrEqualTo(CROWD);
      shuffled(held).forEach(task -> crowd.tell(work(task)));
      for (var i = 0; i < CROWD; i++) {
        var answer = calls.get(i).join();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("" + i);
      }
    }
    assertThat(calls.stream().map(call -> idOf(call.join())).distinct()).hasSize(CROWD);
  }

  private static List<TaskMessage> shuffled(BlockingQueue<TaskMessage> tasks) {
    var all = new ArrayList<>(tasks);
    Collections.shuffle(all);
    return all;
  }

  @Test
  void theSameKeyIsTheSameCall() {
    var key = Map.of("Idempotency-Key", "calls-" + System.nanoTime());
    var first = call(SHOUT, "5", LONG, key);
    var again = call(SHOUT, "5", LONG, key);
    for (var answer : List.of(first, again)) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("5");
    }
    assertThat(idOf(again)).isEqualTo(idOf(first));
    assertProblem(call(SHOUT, "6", LONG, key), 422, "key-reused");
    assertProblem(
        call(SHOUT + "&expiresAt=2100-01-01T00:00:00Z", "5", LONG, key), 422, "key-reused");
    var failing = Map.of("Idempotency-Key", "calls-failing-" + System.nanoTime());
    assertFailed(call(SHOUT, "\"fail\"", LONG, failing), "call-failed", "DEAD", "division-by-zero");
    assertFailed(call(SHOUT, "\"fail\"", LONG, failing), "call-failed", "DEAD", "division-by-zero");
  }

  @Test
  void aKeyedCallWaits_whileTheLedgerIsBehind() {
    awaitState(idOf(call(SHOUT, "7", LONG)), "SUCCEEDED"); // nothing else is on its way
    var accepted = sender.metric("warren_tasks_accepted_total");
    var database = sender.bean(JdbcTemplate.class);
    var key = "calls-behind-" + System.nanoTime();
    CompletableFuture<HttpResponse<String>> answer;
    database.execute("ALTER TABLE task_event RENAME TO away");
    try {
      answer = sender.answerLater(request(SHOUT, "8", LONG).header("Idempotency-Key", key));
      await().atMost(PATIENCE).until(() -> sender.metric("warren_tasks_accepted_total") > accepted);
      for (var i = 0; i < 2; i++) { // each takes as long as a look at a ledger that is behind
        var unknown = sender.listen(sender.to("/v1/tasks/unknown"), BodyHandlers.ofString());
        assertProblem(unknown.join(), 503, "ledger-behind");
      }
    } finally {
      database.execute("ALTER TABLE away RENAME TO task_event");
    }
    assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
    assertThat(answer.join().body()).isEqualTo("8");
  }

  @Test
  void takesATimeAfterWhichItIsNotDone() {
    var time = Instant.now().plusSeconds(3600).toString();
    var answer = call(SHOUT + "&expiresAt=" + time, "1", "wait=0");
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(json(answer).has("expiresAt")).isTrue();
    var past = call(SHOUT + "&expiresAt=2020-01-01T00:00:00Z", "1", LONG);
    assertProblem(past, 400, "invalid-request");
    assertThat(fieldsOf(past)).containsExactly("expiresAt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1/calls/mesage | {'message':'a'} | 404 | unknown-type | message",
        "/v1/calls/shout?queue=shuot | 1 | 404 | unknown-queue | shout",
        "/v1/calls/message | {'message':''} | 400 | invalid-request | message",
        "/v1/calls/message | {'mesage':'a'} | 400 | invalid-request | mesage",
        "/v1/calls/message | [1] | 400 | invalid-request | payload",
        "/v1/calls/message | {'message': | 400 | malformed-json | line 1",
        "/v1/calls/shout?queue=shout | 1 2 | 400 | malformed-json | nothing after it",
        "/v1/calls/shout?queue=shout | {'a':1,'a':2} | 400 | malformed-json | uplicate",
        "/v1/calls/shout?queu=shout | 1 | 400 | invalid-request | queu",
        "/v1/calls/shout?expiresAt=soon | 1 | 400 | invalid-request | expiresAt",
        "/v1/calls/_x | 1 | 400 | invalid-request | type",
      })
  void refuses(String path, String body, int status, String type, String named) {
    var answer = call(path, body.replace('\'', '"'), LONG);
    assertProblem(answer, status, type);
    assertThat(json(answer).get("detail").asString()).contains(named);
    if (type.equals("invalid-request")) {
      assertThat(fieldsOf(answer)).containsExactly(named);
    }
  }

  @Test
  void refusesMoreThanOneMebibyte_andWhatIsNoJson() {
    var most = "\"" + "x".repeat(1024 * 1024 - 2) + "\"";
    assertThat(call(SHOUT, most, "wait=0").statusCode()).isEqualTo(202);
    assertProblem(call(SHOUT, most + " ", "wait=0"), 413, "content-too-large");
    assertProblem(call(SHOUT, " ".repeat(1200 * 1024), "wait=0"), 413, "content-too-large");
    var text = request(SHOUT, "1", LONG).setHeader("Content-Type", "text/plain");
    assertProblem(sender.answerTo(text), 415, "unsupported-media-type");
    assertProblem(call(SHOUT, "", LONG), 400, "malformed-json");
  }

  private static HttpRequest.Builder request(String path, String body, String prefer) {
    return sender
        .to(path)
        .header("Content-Type", "application/json")
        .header("Prefer", prefer)
        .POST(BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> call(String path, String body, String prefer) {
    return callLater(path, body, prefer).join();
  }

  private static HttpResponse<String> call(
      String path, String body, String prefer, Map<String, String> headers) {
    var request = request(path, body, prefer);
    headers.forEach(request::header);
    return await() // a keyed one asks the ledger, which may be behind
        .atMost(PATIENCE)
        .until(() -> sender.answerTo(request), answer -> answer.statusCode() != 202);
  }

  private static CompletableFuture<HttpResponse<String>> callLater(
      String path, String body, String prefer) {
    return sender.answerLater(request(path, body, prefer));
  }

  private static String idOf(HttpResponse<String> answer) {
    return answer.headers().firstValue("Warren-Task-Id").orElseThrow();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private static List<String> fieldsOf(HttpResponse<String> problem) {
    return json(problem).get("errors").findValuesAsString("field");
  }

  private static JsonNode task(String id) {
    return json(sender.get("/v1/tasks/" + id));
  }

  private static void awaitState(String id, String state) {
    await().atMost(PATIENCE).until(() -> task(id).path("state").asString(""), state::equals);
  }
}
