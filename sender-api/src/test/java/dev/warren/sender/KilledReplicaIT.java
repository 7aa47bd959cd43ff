package dev.warren.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** Two replicas of the API at one PostgreSQL, one of which is killed with a request in hand. */
@ExtendWith(BrokerExtension.class)
class KilledReplicaIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int CALLERS = 50;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void makesOneTaskOfFiftyEqualKeys_whenTheFirstReplicaIsKilled(
      TestBroker broker, VirtualHost vhost) throws Exception {
    try (var database = Database.POSTGRES.fresh();
        var killed = SenderProcess.start(vhost, database);
        var left = SenderProcess.start(vhost, database)) {
      var uris = List.of(killed.ready(), left.ready());
      var callers = Executors.newFixedThreadPool(CALLERS);
      var answers = new ArrayList<CompletableFuture<String>>();
      broker.freeze(); // so that nothing is confirmed before the kill
      try {
        answers.add(CompletableFuture.supplyAsync(() -> idFrom(uris, 0), callers));
        await().atMost(PATIENCE).until(() -> count(database, "claim") == 1);
        for (var i = 1; i < CALLERS; i++) {
          var first = i;
          answers.add(CompletableFuture.supplyAsync(() -> idFrom(uris, first), callers));
        }
        killed.kill();
      } finally {
        broker.thaw();
      }
      var ids = answers.stream().map(CompletableFuture::join).distinct().toList();
      callers.shutdown();

      assertThat(ids).hasSize(1);
      await().atMost(PATIENCE).until(() -> count(database, "task") >= 1);
      assertThat(count(database, "task")).isEqualTo(1);
      assertThat(vhost.take(TaskTopology.DEFAULT_QUEUE))
          .hasValueSatisfying(got -> assertThat(ids).contains(got.getProps().getMessageId()));
      assertThat(vhost.take(TaskTopology.DEFAULT_QUEUE)).isEmpty();
    }
  }

  /** As a client does it: again, at the other replica too, until it has its 202. */
  private String idFrom(List<URI> uris, int first) {
    var turn = new int[] {first};
    var answer =
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(
                () -> send(uris.get(turn[0]++ % uris.size())),
                response -> response.statusCode() == 202);
    return JsonMapper.shared().readTree(answer.body()).get("id").asString();
  }

  private HttpResponse<String> send(URI uri) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri.resolve("/v1/tasks"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "fifty")
            .POST(
                BodyPublishers.ofString("{\"type\":\"message\",\"payload\":{\"message\":\"a\"}}"));
    var answer = http.send(request.build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isIn(202, 409, 503, 504);
    return answer;
  }

  private static long count(TestDatabase database, String table) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
