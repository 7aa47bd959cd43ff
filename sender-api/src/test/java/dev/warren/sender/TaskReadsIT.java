package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is answered of tasks that the ledger knows, on every database. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class TaskReadsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");

  @Parameter private Database kind;
  private TestDatabase database;
  private RunningSender sender;

  @BeforeParameterizedClassInvocation
  void start(Database kind, VirtualHost vhost) {
    database = kind.fresh();
    sender = RunningSender.on(vhost, database, "--WARREN_QUEUES=mail").ready();
    await().atMost(PATIENCE).until(() -> sender.get("/v1/tasks").statusCode() == 200);
  }

  @BeforeEach
  void empty() {
    execute("DELETE FROM task");
    execute("DELETE FROM task_event");
    execute("DELETE FROM task_label");
  }

  @AfterParameterizedClassInvocation
  void stop() {
    sender.close();
    database.close();
  }

  @Test
  void answersTheTaskWithItsAttempts() {
    insert("a", "DEAD", 0);
    execute(
        "UPDATE task SET attempt = 3, dead_reason = 'attempts-used-up', error_class = 'E', "
            + "error_message = 'm', progress_percent = 40, progress_note = 'n', priority = 3, "
            + "labels = '{\"customer\":\"4711\"}', payload = X'7B2261223A312E35307D', "
            + "result = X'FF', retry_max_attempts = 3, retry_min_backoff_ms = 500, "
            + "retry_max_backoff_ms = 1000, retry_multiplier = 2, retry_jitter = 1");
    event("a", "FAILED", 1, 1, "TRUE");
    event("a", "RUNNING", 1, 1, "FALSE");
    event("a", "RUNNING", 2, 1, "FALSE");
    event("a", "FAILED", 3, 1, "FALSE");

    var answer = sender.get("/v1/tasks/a");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("\"payload\":{\"a\":1.50}");
    var task = json(answer);
    assertThat(task.get("resultBase64").asString()).isEqualTo("/w==");
    assertThat(task.at("/labels/customer").asString()).isEqualTo("4711");
    assertThat(task.at("/error/class").asString()).isEqualTo("E");
    assertThat(task.at("/retry/minBackoff").asString()).isEqualTo("PT0.5S");
    assertThat(task.at("/progress/percent").asInt()).isEqualTo(40);
    assertThat(task.get("createdAt").asString()).isEqualTo("2026-01-02T03:00:00Z");
    assertThat(task.at("/links/replay").asString()).isEqualTo("/v1/tasks/a/replay");
    assertThat(task.get("attempts").findValuesAsString("outcome"))
        .containsExactly("TIMED_OUT", "LOST", "FAILED");
    assertThat(task.get("attempts").findValuesAsString("number")).containsExactly("1", "2", "3");
    assertThat(task.at("/attempts/0/startedAt").asString()).isEqualTo("2026-01-02T04:00:00Z");
  }

  @Test
  void answersInPagesThatStayRight_whileTasksComeIn() {
    for (var i = 0; i < 25; i++) {
      insert("t%02d".formatted(i), "QUEUED", i / 3); // three of each at the same time
    }
    var seen = new ArrayList<String>();
    var cursor = "";
    var pages = 0;
    while (cursor != null) {
      var page = json(sender.get("/v1/tasks?limit=4" + cursor));
      seen.addAll(page.get("data").findValuesAsString("id"));
      insert("new" + pages++, "QUEUED", 1000 + pages);
      cursor =
          page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asString();
    }
    var expected = new ArrayList<String>();
    for (var i = 24; i >= 0; i--) {
      expected.add("t%02d".formatted(i));
    }
    assertThat(seen).containsExactlyElementsOf(expected);
    assertThat(pages).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state=DEAD | c",
        "state=DEAD,QUEUED | c b a",
        "state=DEAD,QUEUED&limit=2 | c b",
        "state=SUCCEEDED&type=chaos | e",
        "type=chaos | e b",
        "queue=mail | d",
        "label=k:v:w | d a",
        "label=k:v:w&state=QUEUED | a",
        "label=k:none | ''",
        "createdAfter=2026-01-02T03:02:00Z | e d c",
        "createdAfter=2026-01-02T04:02:00+01:00 | e d c",
        "createdBefore=2026-01-02T03:02:00Z | b a",
        "createdAfter=2026-01-02T03:01:00Z&createdBefore=2026-01-02T03:03:00Z&state=QUEUED | b",
        "state=RUNNING | ''",
      })
  void filters(String query, String expected) {
    insert("a", "QUEUED", 0);
    insert("b", "QUEUED", 60);
    insert("c", "DEAD", 120);
    insert("d", "SUCCEEDED", 180);
    insert("e", "SUCCEEDED", 240);
    execute("UPDATE task SET type = 'chaos' WHERE id IN ('b', 'e')");
    execute("UPDATE task SET queue = 'mail' WHERE id = 'd'");
    execute(
        "INSERT INTO task_label SELECT id, 'k', 'v:w', created_at FROM task WHERE id IN ('a', 'd')");
    var answer = sender.get("/v1/tasks?" + query.replace("+", "%2B"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(String.join(" ", json(answer).get("data").findValuesAsString("id")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state=dead | state | must be one or more of SCHEDULED, QUEUED",
        "state= | state | must be one or more of",
        "limit=0 | limit | must be a whole number from 1 to 200",
        "limit=201 | limit | must be a whole number from 1 to 200",
        "limit=x | limit | must be a whole number",
        "label=k | label | must be a key, a colon and a value",
        "createdAfter=now | createdAfter | must be a time",
        "cursor=nonsense | cursor | must be a nextCursor",
        "cursor=AAAA | cursor | must be a nextCursor",
        "view=SHORT | view | must be FULL",
        "type=%00 | type | must be 1 to 255",
        "stat=DEAD | stat | is not known; there are createdAfter",
        "limit=1&limit=2 | limit | is given 2 times",
      })
  void answers400NamingTheParameter(String query, String parameter, String complaint) {
    var answer = sender.get("/v1/tasks?" + query);
    assertProblem(answer, 400, "invalid-request");
    assertThat(json(answer).at("/errors/0/field").asString()).isEqualTo(parameter);
    assertThat(json(answer).at("/errors/0/detail").asString()).contains(complaint);
  }

  @Test
  void answersContentsInListsOnlyWhereAsked() {
    insert("a", "SUCCEEDED", 0);
    execute("UPDATE task SET result = X'31'");
    var shortly = json(sender.get("/v1/tasks")).at("/data/0");
    assertThat(shortly.propertyNames()).doesNotContain("payload", "result", "attempts");
    var fully = json(sender.get("/v1/tasks?view=FULL")).at("/data/0");
    assertThat(fully.get("result").asInt()).isEqualTo(1);
    assertThat(fully.propertyNames()).contains("payload", "attempts");
  }

  @Test
  void waitsForTheEnd() {
    insert("a", "RUNNING", 0);
    var answer = sender.answerLater(sender.to("/v1/tasks/a?wait=30"));
    var another = sender.answerLater(sender.to("/v1/tasks/a?wait=1"));
    assertThat(json(another.join()).get("state").asString()).isEqualTo("RUNNING");
    assertThat(answer).isNotDone();
    execute("UPDATE task SET state = 'SUCCEEDED'");
    assertThat(json(answer.join()).get("state").asString()).isEqualTo("SUCCEEDED");
    assertProblem(sender.get("/v1/tasks/a?wait=61"), 400, "invalid-request");
  }

  @Test
  void findsATaskRightAfterIts202() {
    for (var i = 0; i < 20; i++) {
      var accepted = post("/v1/tasks", "{'type':'message','payload':{'message':'a'}}");
      var location = accepted.headers().firstValue("Location").orElseThrow();
      var found = sender.get(location);
      assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
    }
  }

  @Test
  void answers404OnlyOnceItHasCaughtUp() {
    assertProblem(sender.get("/v1/tasks/none"), 404, "not-found");
    assertProblem(sender.get("/v1/tasks/none?wait=5"), 404, "not-found");
  }

  @Test
  void answers503_whenTheDatabaseIsGone() {
    insert("a", "QUEUED", 0);
    execute("ALTER TABLE task RENAME TO away");
    try {
      assertProblem(sender.get("/v1/tasks/a"), 503, "ledger-unavailable");
      assertProblem(sender.get("/v1/tasks"), 503, "ledger-unavailable");
      assertProblem(sender.get("/v1/dead-letters?groupBy=fingerprint"), 503, "ledger-unavailable");
      assertThat(post("/v1/tasks", "{'type':'message','payload':{'message':'a'}}").statusCode())
          .isEqualTo(202);
      var queues = json(sender.get("/v1/queues"));
      assertThat(queues.at("/data/0/scheduled").isNull()).isTrue();
      assertThat(queues.at("/data/0/note").asString()).contains("The ledger does not answer.");
    } finally {
      execute("ALTER TABLE away RENAME TO task");
    }
  }

  @Test
  void answers503InTime_whenTheDatabaseIsFrozen() {
    assumeThat(kind).isEqualTo(Database.POSTGRES);
    database.freeze();
    try {
      assertProblem(sender.get("/v1/tasks/a"), 503, "ledger-unavailable");
    } finally {
      database.thaw();
    }
    await().atMost(PATIENCE).until(() -> sender.get("/v1/tasks").statusCode() == 200);
  }

  @Test
  void showsTheDead() {
    insert("a", "DEAD", 0);
    insert("b", "DEAD", 60);
    insert("c", "DEAD", 120);
    insert("d", "QUEUED", 180);
    execute("UPDATE task SET fingerprint = 'f1', error_class = 'E', ended_at = created_at");
    execute("UPDATE task SET fingerprint = 'f2' WHERE id = 'a'");
    var dead = json(sender.get("/v1/dead-letters?limit=2"));
    assertThat(dead.get("data").findValuesAsString("id")).containsExactly("c", "b");
    assertThat(dead.at("/data/0/error/class").asString()).isEqualTo("E");
    assertThat(json(sender.get("/v1/dead-letters?fingerprint=f2")).get("data").size()).isOne();
    var groups = json(sender.get("/v1/dead-letters?groupBy=fingerprint")).get("data");
    assertThat(groups.findValuesAsString("fingerprint")).containsExactly("f1", "f2");
    assertThat(groups.at("/0/count").asInt()).isEqualTo(2);
    assertThat(groups.at("/0/firstSeen").asString()).isEqualTo("2026-01-02T03:01:00Z");
    assertThat(groups.at("/0/lastSeen").asString()).isEqualTo("2026-01-02T03:02:00Z");
    assertThat(groups.at("/0/example").asString()).isEqualTo("c");
    assertProblem(sender.get("/v1/dead-letters?groupBy=type"), 400, "invalid-request");
    assertProblem(
        sender.get("/v1/dead-letters?groupBy=fingerprint&cursor=x"), 400, "invalid-request");
  }

  @Test
  void replaysADeadTask() {
    insert("a", "DEAD", 0);
    insert("b", "QUEUED", 0);
    var answer = post("/v1/tasks/a/replay", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(json(answer).get("round").asInt()).isEqualTo(2);
    assertProblem(post("/v1/tasks/b/replay", ""), 409, "not-dead");
    assertProblem(post("/v1/tasks/none/replay", ""), 404, "not-found");
  }

  @Test
  void replaysTheDeadByFilter() {
    for (var i = 0; i < 30; i++) {
      insert("t%02d".formatted(i), "DEAD", i);
    }
    execute("UPDATE task SET type = 'chaos', ended_at = created_at");
    var all = "{'filter':{'type':'chaos'},'dryRun':%s,'ratePerSecond':100}";
    var dry = json(post("/v1/dead-letters/replay", all.formatted("true")));
    assertThat(dry.get("count").asInt()).isEqualTo(30);
    assertThat(dry.get("ids").size()).isEqualTo(20);
    assertThat(dry.get("dryRun").asBoolean()).isTrue();
    assertThat(json(sender.get("/v1/dead-letters")).get("data").size()).isEqualTo(30);
    var done = json(post("/v1/dead-letters/replay", all.formatted("false")));
    assertThat(done.get("count").asInt()).isEqualTo(30);
    assertThat(json(sender.get("/v1/dead-letters")).get("data").size()).isZero();
    for (var body : List.of("{}", "{'filter':null}", "{'filter':{'typ':'x'}}", "{'filter':[]}")) {
      assertProblem(post("/v1/dead-letters/replay", body), 400, "invalid-request");
    }
  }

  @Test
  void erases() {
    insert("a", "SUCCEEDED", 0);
    insert("b", "QUEUED", 0);
    insert("c", "DEAD", 0);
    assertThat(delete("/v1/tasks/a").statusCode()).isEqualTo(204);
    assertThat(delete("/v1/tasks/a").statusCode()).isEqualTo(204);
    var erased = json(sender.get("/v1/tasks/a"));
    assertThat(erased.get("erased").asBoolean()).isTrue();
    assertThat(erased.propertyNames()).doesNotContain("payload");
    assertProblem(delete("/v1/tasks/b"), 409, "not-finished");
    assertProblem(delete("/v1/tasks/none"), 404, "not-found");
    assertProblem(delete("/v1/dead-letters"), 400, "invalid-request");
    assertProblem(delete("/v1/dead-letters?dryRun=true"), 400, "invalid-request");
    assertThat(json(delete("/v1/dead-letters?all=true&dryRun=true")).get("count").asInt()).isOne();
    assertThat(json(delete("/v1/dead-letters?type=none")).get("count").asInt()).isZero();
    var done = json(delete("/v1/dead-letters?all=true"));
    assertThat(done.at("/ids/0").asString()).isEqualTo("c");
    assertThat(done.get("dryRun").asBoolean()).isFalse();
    assertProblem(post("/v1/tasks/c/replay", ""), 410, "erased");
  }

  @Test
  void showsTheQueues() {
    insert("a", "SCHEDULED", 0);
    insert("b", "RETRY_WAIT", 0);
    insert("c", "RUNNING", 0);
    var queues = json(sender.get("/v1/queues")).get("data");
    assertThat(queues.findValuesAsString("name"))
        .containsExactly("calculator", "default", "directory", "mail", "system");
    assertThat(queues.at("/1/scheduled").asInt()).isOne();
    assertThat(queues.at("/1/retrying").asInt()).isOne();
    assertThat(queues.at("/1/running").asInt()).isOne();
    assertThat(queues.at("/3/scheduled").asInt()).isZero();
    assertThat(queues.at("/3/depth").asInt()).isZero();
    assertThat(queues.at("/3/consumers").asInt()).isZero();
  }

  /** Where nothing but reads touches it: not due, and not queued long ago. */
  private void insert(String id, String state, int seconds) {
    execute(
        "INSERT INTO task (id, type, queue, state, position, round, attempt, dispatch, created_at,"
            + " queued_at, heard_at, started_at, ended_at, payload)"
            + " VALUES ('%s', 'message', 'default', '%s', 1, 1, 1, 1, %s, CURRENT_TIMESTAMP,"
                .formatted(id, state, time(seconds))
            + " CURRENT_TIMESTAMP, NULL, CASE WHEN '%s' IN ('DEAD', 'SUCCEEDED') THEN"
                .formatted(state)
            + " CURRENT_TIMESTAMP END, X'7B7D')");
  }

  private void event(String id, String kind, int attempt, int delivery, String timedOut) {
    execute(
        "INSERT INTO task_event (task_id, kind, round, attempt, dispatch, delivery, worker,"
            + " started_at, ended_at, recorded_at, timed_out, error_class, error_message)"
            + " VALUES ('%s', '%s', 1, %d, 1, %d, 'w', %s, NULL, CURRENT_TIMESTAMP, %s, 'E', 'm')"
                .formatted(id, kind, attempt, delivery, time(3600), timedOut));
  }

  private static String time(int seconds) {
    return "TIMESTAMP WITH TIME ZONE '"
        + START.plusSeconds(seconds).toString().replace("Z", "+00")
        + "'";
  }

  private void execute(String sql) {
    var ours =
        database.jdbcUrl().startsWith("jdbc:postgresql")
            ? sql.replaceAll("X'([0-9A-F]*)'", "'\\\\x$1'::bytea")
            : sql;
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(ours.replace("T03", " 03").replace("T04", " 04"));
    } catch (SQLException e) {
      throw new IllegalStateException(ours, e);
    }
  }

  private HttpResponse<String> post(String path, String body) {
    var request = sender.to(path).header("Content-Type", "application/json");
    return sender.answerTo(request.POST(BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  private HttpResponse<String> delete(String path) {
    return sender.answerTo(sender.to(path).DELETE());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
