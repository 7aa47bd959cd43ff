package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.TestDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.core.NestedExceptionUtils;
import tools.jackson.databind.json.JsonMapper;

/** Keys with more than one replica, without the database, and where none is there. */
@ExtendWith(BrokerExtension.class)
class AccessFaultsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Within which a key is revoked everywhere. */
  private static final Duration REVOKED = Duration.ofSeconds(120);

  private static final String KEY = "warren_made-long-ago";
  private static final String HASH = // printf %s warren_made-long-ago | sha256sum
      "49a93d55dd49ddafccb143f4f592a80666b720ed2fffea2ed4a61e21b3597af3";

  private final TestDatabase database = Database.POSTGRES.fresh();
  private final List<RunningSender> senders = new ArrayList<>();
  private VirtualHost vhost;

  @BeforeEach
  void on(VirtualHost own) {
    vhost = own;
  }

  @AfterEach
  void stop() {
    senders.forEach(RunningSender::close);
    database.close();
  }

  @Test
  void isClosedByTheFirstKey_andRevokesOnEveryReplica() {
    var first = start().ready();
    var second = start().ready();
    assertThat(send(first, null).statusCode()).isEqualTo(202);
    assertProblem(send(first, "warren_unknown"), 401, "key-unknown");
    assertProblem(make(first, null, "shop", "submit"), 409, "admin-key-needed");
    assertThat(send(first, null).statusCode()).isEqualTo(202);
    var listener = EventListener.to(second, "/v1/events", null);
    await().atMost(PATIENCE).until(listener::isConnected);

    var admin = keyIn(make(first, null, "ops", "admin"));
    assertProblem(send(first, null), 401, "key-needed");
    await().atMost(REVOKED).until(() -> send(second, null).statusCode() == 401);
    assertThat(listener.end()).succeedsWithin(PATIENCE);

    var shop = keyIn(make(first, admin, "shop", "submit"));
    assertThat(send(first, shop).statusCode()).isEqualTo(202);
    await().atMost(REVOKED).until(() -> send(second, shop).statusCode() == 202);
    assertProblem(delete(second, admin, "/ops"), 409, "admin-key-needed");
    assertThat(delete(second, admin, "/shop").statusCode()).isEqualTo(204);
    assertProblem(send(second, shop), 401, "key-unknown");
    await().atMost(REVOKED).until(() -> send(first, shop).statusCode() == 401);

    letsThoseInWhomItHasSeen_whileItsDatabaseIsFrozen(first, admin);

    assertProblem(delete(first, admin, ""), 400, "invalid-request");
    assertThat(delete(first, admin, "?all=true").body()).isEqualTo("{\"count\":2}");
    assertThat(send(first, null).statusCode()).isEqualTo(202);
    await().atMost(REVOKED).until(() -> send(second, null).statusCode() == 202);
  }

  private void letsThoseInWhomItHasSeen_whileItsDatabaseIsFrozen(
      RunningSender sender, String admin) {
    database.freeze();
    try {
      await().atMost(PATIENCE).until(() -> send(sender, "warren_new").statusCode() == 503);
      assertProblem(send(sender, "warren_new"), 503, "keys-unavailable");
      assertProblem(send(sender, null), 401, "key-needed");
      assertThat(send(sender, admin).statusCode()).isEqualTo(202);
    } finally {
      database.thaw();
    }
    await().atMost(PATIENCE).until(() -> send(sender, "warren_new").statusCode() == 401);
  }

  @Test
  void isClosedUntilItKnowsWhetherThereAreKeys() {
    database.kill();
    RunningSender sender;
    try {
      sender = start();
      assertProblem(send(sender, null), 503, "keys-unavailable");
      assertProblem(send(sender, "warren_new"), 503, "keys-unavailable");
      assertProblem(make(sender, null, "mine", "admin"), 503, "keys-unavailable");
      assertThat(sender.readiness().body()).contains("the keys are not known yet");
      assertThat(sender.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    } finally {
      database.start();
    }
    assertThat(send(sender.ready(), null).statusCode()).isEqualTo(202);
  }

  @Test
  void doesNotStartBeyondLoopbackWithoutAKey() {
    assertThatThrownBy(() -> start("--SENDER_BIND=0.0.0.0"))
        .satisfies(failure -> assertThat(told(failure)).contains("is not loopback", "no key"));
    execute(
        "INSERT INTO api_key (name, hash, scope, created_at) VALUES ('ops', '%s', 'admin', now())"
            .formatted(HASH));
    var again = start("--SENDER_BIND=0.0.0.0").ready();
    assertProblem(send(again, null), 401, "key-needed");
    assertThat(send(again, KEY).statusCode()).isEqualTo(202);
    assertProblem(delete(again, KEY, "?all=true"), 409, "admin-key-needed");
    assertProblem(delete(again, KEY, "/ops"), 409, "admin-key-needed");
  }

  @Test
  void doesNotStartWithAnAdminKeyThatCanBeGuessed() {
    for (var key : List.of("changeme", "warren_short", "warren_" + "a".repeat(32))) {
      assertThatThrownBy(() -> start("--WARREN_ADMIN_KEY=" + key))
          .satisfies(
              failure -> assertThat(told(failure)).contains("can be guessed").doesNotContain(key));
    }
  }

  private static String told(Throwable failure) {
    return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
  }

  private RunningSender start(String... properties) {
    var sender = RunningSender.on(vhost, database, properties);
    senders.add(sender);
    return sender;
  }

  private void execute(String sql) {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static HttpResponse<String> send(RunningSender sender, String key) {
    var request = sender.json("{\"message\": \"a\"}");
    return sender.answerTo(
        key == null ? request : request.header("Authorization", "Bearer " + key));
  }

  private static HttpResponse<String> make(
      RunningSender sender, String key, String name, String scope) {
    var order = "{\"name\": \"%s\", \"scope\": \"%s\"}".formatted(name, scope);
    var request = sender.to("/v1/keys").header("Content-Type", "application/json");
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return sender.answerTo(request.POST(BodyPublishers.ofString(order)));
  }

  private static String keyIn(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JsonMapper.shared().readTree(answer.body()).get("key").asString();
  }

  private static HttpResponse<String> delete(RunningSender sender, String key, String what) {
    var request = sender.to("/v1/keys" + what).header("Authorization", "Bearer " + key);
    return sender.answerTo(request.DELETE());
  }
}
