package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** POST /send and its surroundings, while the broker is well. */
@ExtendWith(BrokerExtension.class)
class SendIT {

  private static final int LIMIT = 64 * 1024;

  private static VirtualHost vhost;
  private static RunningSender sender;

  @BeforeAll
  static void start(VirtualHost own) {
    vhost = own;
    sender =
        RunningSender.on(
                vhost, "--server.tomcat.threads.max=20", "--spring.threads.virtual.enabled=false")
            .ready();
  }

  @AfterAll
  static void stop() {
    sender.close();
  }

  @Test
  void answers202WithAReceiptForWhatIsInTheQueue() throws Exception {
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    var before = Instant.now();
    var answer = sender.send("Hello RabbitMQ!...");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    var receipt = JsonMapper.shared().readTree(answer.body());
    var id = UUID.fromString(receipt.get("id").asString());
    assertThat(id.version()).isEqualTo(7);
    assertThat(receipt.get("queue").asString()).isEqualTo("default");
    assertThat(Instant.parse(receipt.get("confirmedAt").asString()))
        .isBetween(before, Instant.now());
    var task = vhost.take(TaskTopology.DEFAULT_QUEUE).orElseThrow();
    assertThat(task.getProps().getMessageId()).isEqualTo(id.toString());
    assertThat(task.getProps().getType()).isEqualTo("message");
    assertThat(task.getProps().getDeliveryMode()).isEqualTo(2);
    assertThat(new String(task.getBody(), UTF_8)).isEqualTo("{\"message\":\"Hello RabbitMQ!...\"}");
  }

  @Test
  void takesABodyInChunks() {
    var body = "{\"message\": \"in chunks\"}".getBytes(UTF_8);
    var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    var answer = sender.answerTo(sender.json("").POST(chunked));
    assertThat(answer.statusCode()).isEqualTo(202);
  }

  @Test
  void takesABodyUpToTheLimit() {
    var frame = "{\"message\": \"\"}".length();
    var body = "{\"message\": \"" + "x".repeat(LIMIT - frame) + "\"}";
    assertThat(sender.answerTo(sender.json(body)).statusCode()).isEqualTo(202);
    assertProblem(sender.answerTo(sender.json(body + " ")), 413, "content-too-large");
  }

  @Test
  void answers413_whenChunksExceedTheLimit() {
    var endless = new byte[10 * LIMIT];
    var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(endless));
    assertProblem(sender.answerTo(sender.json("").POST(chunked)), 413, "content-too-large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "not json", "{\"message\": \"a\"} b", "{\"message\":1,\"message\":2}"})
  void answers400_whenTheJsonIsMalformed(String body) {
    assertProblem(sender.answerTo(sender.json(body)), 400, "malformed-json");
  }

  @Test
  void answers400_whenTheDotsAreWrong() {
    var answer = sender.send("too many dots.......");
    assertProblem(answer, 400, "invalid-request");
    var error = JsonMapper.shared().readTree(answer.body()).get("errors").get(0);
    assertThat(error.get("field").asString()).isEqualTo("message");
    assertThat(error.get("detail").asString()).startsWith("holds 7 dots");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "application/xml", "application/json; charset=utf-16", "nonsense"})
  void answers415_whenTheBodyIsNotJson(String type) {
    var request = sender.json("{\"message\": \"a\"}").setHeader("Content-Type", type);
    assertProblem(sender.answerTo(request), 415, "unsupported-media-type");
  }

  @Test
  void answers415_whenTheBodyIsCompressed() {
    var request = sender.json("{\"message\": \"a\"}").header("Content-Encoding", "gzip");
    assertProblem(sender.answerTo(request), 415, "unsupported-media-type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
  void answers405WithAllow_whenTheMethodIsAnother(String method) {
    var answer = sender.answerTo(sender.to("/send").method(method, BodyPublishers.noBody()));
    assertProblem(answer, 405, "method-not-allowed");
    assertThat(answer.headers().firstValue("Allow")).hasValue("POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/xml", "application/json;q=0", "nonsense"})
  void answers406_whenJsonIsNotAccepted(String accept) {
    var request = sender.json("{\"message\": \"a\"}").header("Accept", accept);
    assertProblem(sender.answerTo(request), 406, "not-acceptable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/*", "text/html, application/json;q=0.5"})
  void answers202_whenJsonIsAccepted(String accept) {
    var request = sender.json("{\"message\": \"a\"}").header("Accept", accept);
    assertThat(sender.answerTo(request).statusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/send/", "/send/x", "/actuator/env", "/error", "/nothing.html"})
  void answers404_whenNothingIsThere(String path) {
    assertProblem(sender.answerTo(sender.to(path).header("Accept", "text/html")), 404, "not-found");
  }

  @Test
  void answers405_whenAFormHasNoBoundary() {
    var form =
        sender
            .to("/actuator/health")
            .header("Content-Type", "multipart/form-data")
            .POST(BodyPublishers.ofString("x"));
    assertProblem(sender.answerTo(form), 405, "method-not-allowed");
  }

  @Test
  void answers202_whenOneOfTwoAcceptHeadersIsJson() {
    var request =
        sender
            .json("{\"message\": \"a\"}")
            .header("Accept", "text/html")
            .header("Accept", "application/json");
    assertThat(sender.answerTo(request).statusCode()).isEqualTo(202);
  }

  @Test
  void answers405_whenAnotherPathRefusesTheMethod() {
    var answer =
        sender.answerTo(sender.to("/actuator/health").method("DELETE", BodyPublishers.noBody()));
    assertProblem(answer, 405, "method-not-allowed");
    assertThat(answer.headers().firstValue("Allow")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET /send HTTP/9.9\r\nHost: a\r\n\r\n",
        "POST /send HTTP/1.1\r\n\r\n",
        "POST /se nd HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /send HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
      })
  void saysLittle_whenTheRequestIsNotHttp(String request) throws Exception {
    assertTerse(sender.answerToBytes(request.getBytes(UTF_8)));
  }

  @Test
  void saysLittle_whenTheHeadersAreTooLarge() throws Exception {
    var request = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(10_000) + "\r\n\r\n";
    assertTerse(sender.answerToBytes(request.getBytes(UTF_8)));
  }

  @Test
  void holdsNoThread_whileBodiesTrickleIn() throws Exception {
    var halfSent = new ArrayList<Socket>();
    try {
      for (var i = 0; i < 50; i++) { // more than Tomcat has threads
        var socket = new Socket("127.0.0.1", sender.port());
        halfSent.add(socket);
        var head = "POST /send HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        socket.getOutputStream().write((head + "Content-Length: 20\r\n\r\n{").getBytes(UTF_8));
      }
      assertThat(sender.send("others go on").statusCode()).isEqualTo(202);
    } finally {
      for (var socket : halfSent) {
        socket.close();
      }
    }
  }

  @Test
  void answers408_whenTheBodyDoesNotCome() throws Exception {
    try (var socket = new Socket("127.0.0.1", sender.port())) {
      var head = "POST /send HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
      socket.getOutputStream().write((head + "Content-Length: 20\r\n\r\n{").getBytes(UTF_8));
      var answer = new String(socket.getInputStream().readNBytes(12), UTF_8);
      assertThat(answer).isEqualTo("HTTP/1.1 408");
    }
  }

  @Test
  void countsWhatItAcceptsAndRefuses() {
    var accepted = sender.metric("warren_tasks_accepted_total");
    var refused = sender.metric("warren_tasks_refused_total{reason=\"invalid-request\"}");
    sender.send("counted");
    sender.send("");
    assertThat(sender.metric("warren_tasks_accepted_total")).isEqualTo(accepted + 1);
    assertThat(sender.metric("warren_tasks_refused_total{reason=\"invalid-request\"}"))
        .isEqualTo(refused + 1);
    assertThat(sender.metric("warren_publish_confirm_seconds_count")).isPositive();
    assertThat(sender.metric("warren_publish_in_flight")).isZero();
  }

  @Test
  void saysWhichVersionAndCommitRuns() {
    var info = JsonMapper.shared().readTree(sender.get("/actuator/info").body());
    assertThat(info.at("/build/version").asString()).isNotBlank();
    assertThat(info.at("/git/commit/id").asString()).isNotBlank();
  }

  @Test
  void describesItself() {
    var document = JsonMapper.shared().readTree(sender.get("/v3/api-docs").body());
    assertThat(document.get("openapi").asString()).startsWith("3.1");
    assertThat(document.at("/paths/~1send/post/responses").propertyNames())
        .contains("202", "400", "413", "415", "503", "504");
    assertThat(sender.get("/swagger-ui/index.html").statusCode()).isEqualTo(200);
  }

  private static void assertTerse(String answer) {
    assertThat(answer).matches("(?s)HTTP/1.1 (4..|501|505) .*").hasSizeLessThan(600);
    assertThat(answer)
        .doesNotContainIgnoringCase("<html", "tomcat", "apache", "exception", "java.", "at org.");
    assertThat(answer).contains("application/problem+json");
  }
}
