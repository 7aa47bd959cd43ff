package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

/** Who may ask for what, where a key is needed. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BrokerExtension.class)
class AccessIT {

  static final String ADMIN_KEY = "warren_0123456789abcdef0123456789abcdef";

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String TASK = "{'type':'message','payload':{'message':'a'}}";

  @Parameter private Database kind;
  private TestDatabase database;
  private VirtualHost vhost;
  private RunningSender sender;
  private final Map<String, String> keys = new HashMap<>();

  @BeforeParameterizedClassInvocation
  void start(Database kind, VirtualHost own) {
    vhost = own;
    database = kind.fresh();
    sender =
        RunningSender.on(
                vhost, database, "--WARREN_ADMIN_KEY=" + ADMIN_KEY, "--SENDER_GRPC_REFLECTION=true")
            .ready();
    keys.put("admin", ADMIN_KEY);
    for (var scope : new String[] {"submit", "read", "submit read"}) {
      keys.put(scope, made("the-" + scope.replace(' ', '-'), scope));
    }
    keys.put("own admin", made("the-admin", "read admin"));
  }

  @AfterParameterizedClassInvocation
  void stop() {
    sender.close();
    database.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /send | submit",
        "POST /v1/tasks | submit",
        "POST /v1/tasks/batch | submit",
        "POST /v1/calls/message | submit",
        "GET /v1/tasks | read",
        "GET /v1/tasks/none | read",
        "GET /v1/workers | read",
        "GET /v1/queues | read",
        "HEAD /v1/queues | read",
        "GET /v1/dead-letters | read",
        "GET /send | read",
        "GET /nowhere | read",
        "GET /actuator/info | read",
        "GET /actuator/prometheus | read",
        "GET /actuator/health | read",
        "GET /error | read",
        "DELETE /v1/tasks/none | admin",
        "POST /v1/tasks/none/replay | admin",
        "POST /v1/tasks/none/cancel | admin",
        "POST /v1/dead-letters/replay | admin",
        "DELETE /v1/dead-letters | admin",
        "POST /v1/queues/default/pause | admin",
        "GET /v1/keys | admin",
        "GET /v1/keys/none | admin",
        "POST /v1/keys | admin",
        "DELETE /v1/keys | admin",
        "DELETE /v1/keys/none | admin",
        "PUT /send | admin",
        "BREW /v1/tasks | admin",
      })
  void opensWhatTheScopeAllows(String request, String scope) {
    assertChallenge(ask(request, null), 401, "key-needed", "Bearer realm=\"warren\"");
    keys.forEach(
        (scopes, key) -> {
          var answer = ask(request, key);
          if (scopes.contains(scope) || scopes.contains("admin")) {
            assertThat(answer.statusCode()).as(request + " " + scopes).isNotIn(401, 403);
          } else {
            var challenge = "Bearer realm=\"warren\", error=\"insufficient_scope\", scope=\"%s\"";
            assertChallenge(answer, 403, "scope-too-small", challenge.formatted(scope));
          }
        });
  }

  @Test
  void tellsWhoMayReadWhatThereIsByGrpc() {
    var channel = sender.grpcChannel();
    try {
      assertThat(servicesIn(channel, keys.get("read")).join())
          .contains("warren.v1.Tasks", "warren.v1.Calculator", "grpc.health.v1.Health");
      assertThat(servicesIn(channel, keys.get("submit")))
          .failsWithin(PATIENCE)
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("PERMISSION_DENIED");
    } finally {
      channel.shutdownNow();
    }
  }

  private static CompletableFuture<List<String>> servicesIn(ManagedChannel channel, String key) {
    var services = new CompletableFuture<List<String>>();
    var metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    ServerReflectionGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .serverReflectionInfo(
            new StreamObserver<>() {
              @Override
              public void onNext(ServerReflectionResponse answer) {
                services.complete(
                    answer.getListServicesResponse().getServiceList().stream()
                        .map(ServiceResponse::getName)
                        .toList());
              }

              @Override
              public void onError(Throwable failure) {
                services.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {}
            })
        .onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    return services;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/v3/api-docs",
        "/swagger-ui/index.html"
      })
  void needsNoKeyForHealthAndDocumentation(String path) {
    assertThat(sender.get(path).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Bearer warren_unknown | 401 | key-unknown",
        "Bearer  | 401 | key-unknown",
        "Bearer two words | 401 | key-unknown",
        "Bearer ' OR 1=1 | 401 | key-unknown",
        "Basic dXNlcjpwYXNz | 401 | key-needed",
        "warren_unknown | 401 | key-needed",
      })
  void refusesWhatIsNoKey(String header, int status, String type) {
    var request = sender.to("/v1/tasks").header("Authorization", header);
    assertProblem(sender.answerTo(request), status, type);
    var changed = ADMIN_KEY.substring(0, ADMIN_KEY.length() - 1) + "0";
    assertProblem(ask("GET /v1/tasks", changed), 401, "key-unknown");
  }

  /** None of them may get past the rules by a path that these read otherwise than the container. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/swagger-ui/../send",
        "/swagger-ui/..;/send",
        "/swagger-ui/%2e%2e/send",
        "/v3/api-docs/..;x=y/send",
        "/actuator/health/liveness/../../../send",
        "/swagger-ui/..%2fsend",
        "/swagger-ui/..\\send",
        "/swagger-ui;/../send",
        "//send",
        "/./send",
        "/send;x",
        "/send/",
        "/send%00",
        "/SEND",
      })
  void cannotBeWalkedAround(String path) throws IOException {
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    var body = "{\"message\": \"a\"}";
    var head = "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json";
    var length = "\r\nContent-Length: " + body.length() + "\r\n\r\n";
    var answer = sender.answerToBytes((head.formatted(path) + length + body).getBytes(US_ASCII));
    assertThat(answer).matches("(?s)HTTP/1.1 4\\d\\d .*");
    assertThat(vhost.take(TaskTopology.DEFAULT_QUEUE)).isEmpty();
  }

  @Test
  void readsNoBodyOfAStranger() throws IOException {
    for (var path : new String[] {"/send", "/v1/tasks", "/v1/keys", "/v1/dead-letters/replay"}) {
      var head =
          "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json"
              + "\r\nContent-Length: 9\r\n\r\n";
      var answer = sender.answerToBytes(head.formatted(path).getBytes(US_ASCII));
      assertThat(answer).startsWith("HTTP/1.1 401 ");
    }
  }

  @Test
  void tellsTheTaskWhoMadeIt() {
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    var accepted = json(ask("POST /v1/tasks", keys.get("submit")));
    assertThat(accepted.get("createdBy").asString()).isEqualTo("the-submit");
    ask("POST /send", ADMIN_KEY);
    for (var name : new String[] {"the-submit", "WARREN_ADMIN_KEY"}) {
      var sent = vhost.take(TaskTopology.DEFAULT_QUEUE).orElseThrow();
      assertThat(sent.getProps().getHeaders().get("created-by")).hasToString(name);
      var found = json(ask("GET /v1/tasks/" + sent.getProps().getMessageId(), keys.get("read")));
      assertThat(found.get("createdBy").asString()).isEqualTo(name);
    }
    var listed = json(ask("GET /v1/tasks", keys.get("read"))).get("data");
    assertThat(listed.findValuesAsString("createdBy")).contains("the-submit", "WARREN_ADMIN_KEY");
  }

  @Test
  void tellsTheTextOfAKeyOnce() throws SQLException {
    var answer = make("told-once", "submit");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    var text = json(answer).get("key").asString();
    assertThat(text).matches("warren_[A-Za-z0-9_-]{43}");
    assertThat(json(answer).get("createdBy").asString()).isEqualTo("WARREN_ADMIN_KEY");
    var listed = ask("GET /v1/keys", ADMIN_KEY).body();
    assertThat(listed).contains("told-once").doesNotContain(text, "hash");
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT * FROM api_key WHERE name = 'told-once'")) {
      assertThat(row.next()).isTrue();
      for (var i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        assertThat(String.valueOf(row.getString(i))).doesNotContain(text.substring(7));
      }
    }
  }

  @Test
  void revokesForEver() {
    var key = made("revoked", "submit");
    assertThat(ask("POST /send", key).statusCode()).isEqualTo(202);
    assertThat(ask("DELETE /v1/keys/revoked", ADMIN_KEY).statusCode()).isEqualTo(204);
    assertChallenge(
        ask("POST /send", key),
        401,
        "key-unknown",
        "Bearer realm=\"warren\", error=\"invalid_token\"");
    assertThat(ask("DELETE /v1/keys/revoked", ADMIN_KEY).statusCode()).isEqualTo(204);
    assertProblem(make("revoked", "submit"), 409, "key-exists");
    assertProblem(ask("DELETE /v1/keys/none", ADMIN_KEY), 404, "not-found");
    var revoked =
        json(ask("GET /v1/keys", ADMIN_KEY))
            .get("data")
            .valueStream()
            .filter(each -> each.has("revokedAt"));
    assertThat(revoked.map(each -> each.get("name").asString()))
        .contains("revoked")
        .doesNotContain("the-submit", "the-read");
  }

  @Test
  void endsTheStreamOfARevokedKey_andNoOther() {
    var id = json(ask("POST /v1/tasks", ADMIN_KEY)).get("id").asString();
    await().atMost(PATIENCE).until(() -> ask("GET /v1/tasks/" + id, ADMIN_KEY).statusCode() == 200);
    var key = made("listens", "read");
    var revoked = listen(id, key);
    var other = listen(id, keys.get("read"));
    await().atMost(PATIENCE).until(() -> revoked.count() == 1 && other.count() == 1);
    assertThat(ask("DELETE /v1/keys/listens", ADMIN_KEY).statusCode()).isEqualTo(204);
    assertThat(revoked.end()).succeedsWithin(PATIENCE);
    assertProblem(ask("GET /v1/tasks/" + id + "/events", key), 401, "key-unknown");
    assertThat(ask("POST /v1/tasks/" + id + "/cancel", ADMIN_KEY).statusCode()).isEqualTo(200);
    assertThat(other.end()).succeedsWithin(PATIENCE);
    assertThat(other.names()).containsExactly("queued", "cancelled", "end");
    assertThat(revoked.names()).containsExactly("queued");
  }

  private EventListener listen(String id, String key) {
    var request = sender.to("/v1/tasks/" + id + "/events");
    return EventListener.to(sender, request.header("Authorization", "Bearer " + key));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'scope':'read'} | name",
        "{'name':'','scope':'read'} | name",
        "{'name':'a b','scope':'read'} | name",
        "{'name':'WARREN_ADMIN_KEY','scope':'read'} | name",
        "{'name':5,'scope':'read'} | name",
        "{'name':'x'} | scope",
        "{'name':'x','scope':''} | scope",
        "{'name':'x','scope':'write'} | scope",
        "{'name':'x','scope':'read read'} | scope",
        "{'name':'x','scopes':'read'} | scopes",
      })
  void refusesAnOrderOfNonsense(String order, String field) {
    var answer =
        sender.answerTo(
            sender
                .to("/v1/keys")
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(order.replace('\'', '"'))));
    assertProblem(answer, 400, "invalid-request");
    assertThat(json(answer).get("errors").findValuesAsString("field")).contains(field);
  }

  private void assertChallenge(
      HttpResponse<String> answer, int status, String type, String challenge) {
    if (answer.request().method().equals("HEAD")) {
      assertThat(answer.statusCode()).isEqualTo(status);
    } else {
      assertProblem(answer, status, type);
    }
    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue(challenge);
  }

  private String made(String name, String scope) {
    var answer = make(name, scope);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer).get("key").asString();
  }

  private HttpResponse<String> make(String name, String scope) {
    var order = "{\"name\": \"%s\", \"scope\": \"%s\"}".formatted(name, scope);
    var request =
        sender
            .to("/v1/keys")
            .header("Authorization", "Bearer " + ADMIN_KEY)
            .header("Content-Type", "application/json");
    return sender.answerTo(request.POST(BodyPublishers.ofString(order)));
  }

  /**
   * @param request such as {@code POST /send}, with a body that is all right for the two that count
   */
  private HttpResponse<String> ask(String request, String key) {
    var words = request.split(" ");
    var body = words[1].equals("/send") ? "{'message':'a'}" : TASK;
    var publisher =
        words[0].equals("POST")
            ? BodyPublishers.ofString(body.replace('\'', '"'))
            : BodyPublishers.noBody();
    var builder = sender.to(words[1]).method(words[0], publisher);
    if (words[0].equals("POST")) {
      builder.header("Content-Type", "application/json");
    }
    if (key != null) {
      builder.header("Authorization", "Bearer " + key);
    }
    return sender.answerTo(builder);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
