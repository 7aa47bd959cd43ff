package dev.warren.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.impl.ContentHeaderPropertyWriter;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What anyone may send who may publish: each is buried once, or fails once, or is done, and never
 * holds others up.
 */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class MalformedMessageIT {

  private static final byte[] HELLO = "{\"message\":\"Hello\"}".getBytes(UTF_8);

  private final SenderStub sender;
  private final WorkerProcess worker;

  MalformedMessageIT(VirtualHost vhost) throws Exception {
    sender = new SenderStub(vhost).declareTopology();
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"));
  }

  @BeforeAll
  void start() {
    worker.ready();
  }

  @AfterAll
  void stop() {
    worker.close();
    sender.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void failsForGood_whatItCannotBind(String what, byte[] body) throws Exception {
    var properties = SenderStub.properties().build();

    sender.publish(properties, body);

    var failed = assertFailedOnce(properties.getMessageId());
    assertThat(failed.body()).isEqualTo(body);
    assertThat(failed.task().queue()).isEqualTo("default");
    assertThat(failed.worker()).isEqualTo("worker-1");
  }

  static Stream<Arguments> failsForGood_whatItCannotBind() throws IOException {
    var gzipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(gzipped)) {
      gzip.write(HELLO);
    }
    return Stream.of(
        Arguments.of("nothing", new byte[0]),
        Arguments.of("no JSON", "Hello".getBytes(UTF_8)),
        Arguments.of("half of it", "{\"message\":\"Hel".getBytes(UTF_8)),
        Arguments.of("null", "null".getBytes(UTF_8)),
        Arguments.of("trailing token", "{\"message\":\"x\"} {}".getBytes(UTF_8)),
        Arguments.of("trailing rubbish", "{\"message\":\"x\"} #".getBytes(UTF_8)),
        Arguments.of("no message", "{}".getBytes(UTF_8)),
        Arguments.of("null message", "{\"message\":null}".getBytes(UTF_8)),
        Arguments.of("number", "{\"message\":5}".getBytes(UTF_8)),
        Arguments.of("boolean", "{\"message\":true}".getBytes(UTF_8)),
        Arguments.of("array", "{\"message\":[\"x\"]}".getBytes(UTF_8)),
        Arguments.of("object", "{\"message\":{}}".getBytes(UTF_8)),
        Arguments.of("a bare string", "\"x\"".getBytes(UTF_8)),
        Arguments.of("a bare empty string", "\"\"".getBytes(UTF_8)),
        Arguments.of("a bare number", "5".getBytes(UTF_8)),
        Arguments.of("in an array", "[{\"message\":\"x\"}]".getBytes(UTF_8)),
        Arguments.of("an empty array", "[]".getBytes(UTF_8)),
        Arguments.of("six dots", "{\"message\":\"......\"}".getBytes(UTF_8)),
        Arguments.of("blank", "{\"message\":\" \"}".getBytes(UTF_8)),
        Arguments.of("half a surrogate", "{\"message\":\"\\ud800\"}".getBytes(UTF_8)),
        Arguments.of("bad UTF-8", "{\"message\":\"x\u00ff\"}".getBytes(ISO_8859_1)),
        Arguments.of("overlong UTF-8", new byte[] {'{', '"', (byte) 0xc0, (byte) 0xae, '"', '}'}),
        Arguments.of("UTF-16", "{\"message\":\"x\"}".getBytes(UTF_16)),
        Arguments.of("byte order mark", "\ufeff{\"message\":\"x\"}".getBytes(UTF_8)),
        Arguments.of("gzip", gzipped.toByteArray()),
        Arguments.of("deep", ("{\"a\":" + "[".repeat(100_000)).getBytes(UTF_8)),
        Arguments.of("zeros", new byte[1_000_000]));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void buriesWhatItCannotName(
      String what, String reason, UnaryOperator<BasicProperties.Builder> change) throws Exception {
    sender.publish(change.apply(SenderStub.properties()).build(), HELLO);

    assertThat(assertBuriedOnce(reason).getBody()).isEqualTo(HELLO);
  }

  static Stream<Arguments> buriesWhatItCannotName() {
    return Stream.of(
        named("no id", "no-id", p -> p.messageId(null)),
        named("empty id", "no-id", p -> p.messageId("")),
        named("blank id", "no-id", p -> p.messageId(" \t")),
        named("no type", "unknown-type", p -> p.type(null)),
        named("empty type", "unknown-type", p -> p.type("")),
        named("unknown type", "unknown-type", p -> p.type("nothing\r\n\u001b[31mred")),
        named("long type", "unknown-type", p -> p.type("x".repeat(255))),
        named(
            "no type, fit for AMQP's limits only",
            "unknown-type",
            p ->
                p.type("x")
                    .expiration("3600000")
                    .priority(255)
                    .timestamp(new Date(Long.MAX_VALUE))
                    .correlationId("c".repeat(255))
                    .replyTo("r".repeat(255))
                    .appId("a".repeat(255))
                    .clusterId("c".repeat(255))
                    .contentType("t".repeat(255))
                    .contentEncoding("e".repeat(255))),
        named("nothing at all", "no-id", p -> new BasicProperties.Builder()));
  }

  private static Arguments named(
      String what, String reason, UnaryOperator<BasicProperties.Builder> change) {
    return Arguments.of(what, reason, change);
  }

  /** The payload is good, so that the task is to be done whatever its envelope claims. */
  @ParameterizedTest(name = "{0}")
  @MethodSource
  void doesATask_whateverItsEnvelopeClaims(
      String what, UnaryOperator<BasicProperties.Builder> change) throws Exception {
    var properties = change.apply(SenderStub.properties()).build();

    sender.publish(properties, HELLO);

    worker.awaitDone(properties.getMessageId());
    sender.awaitEvent(properties.getMessageId(), Kind.SUCCEEDED);
    assertNothingIsLeft();
  }

  /** Nor must they get in the way of what the ledger needs to send the task again. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("doesATask_whateverItsEnvelopeClaims")
  void failsATask_whateverItsEnvelopeClaims(
      String what, UnaryOperator<BasicProperties.Builder> change) throws Exception {
    var properties = change.apply(SenderStub.properties()).build();

    sender.publish(properties, "no JSON".getBytes(UTF_8));

    var failed = assertFailedOnce(properties.getMessageId());
    assertThat(failed.task().toQueue().routingKey()).isEqualTo("default");
  }

  /** The same envelopes must not get in the way of burying either. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("doesATask_whateverItsEnvelopeClaims")
  void buriesATask_whateverItsEnvelopeClaims(
      String what, UnaryOperator<BasicProperties.Builder> change) throws Exception {
    sender.publish(change.apply(SenderStub.properties()).type("nothing").build(), HELLO);

    var buried = assertBuriedOnce("unknown-type");
    assertThat(buried.getProps().getExpiration()).isNull();
    assertThat(buried.getProps().getUserId()).isNull();
    assertThat(buried.getProps().getDeliveryMode()).isEqualTo(2);
    assertThat(buried.getProps().getHeaders().keySet())
        .doesNotContain("CC", "BCC", "x-death", "x-delay", "x-exception-message");
  }

  static Stream<Arguments> doesATask_whateverItsEnvelopeClaims() throws IOException {
    var list = new ArrayList<Arguments>();
    list.add(claim("no timestamp", p -> p.timestamp(null)));
    list.add(claim("no content type", p -> p.contentType(null)));
    list.add(claim("serialized Java", p -> p.contentType("application/x-java-serialized-object")));
    list.add(claim("gzip", p -> p.contentEncoding("gzip")));
    list.add(claim("unknown charset", p -> p.contentEncoding("no such thing")));
    list.add(claim("transient", p -> p.deliveryMode(1)));
    list.add(claim("expiration", p -> p.expiration("60000")));
    list.add(claim("priority 255", p -> p.priority(255)));
    list.add(claim("reply to nowhere", p -> p.replyTo("nowhere").correlationId("1")));
    list.add(claim("the far past", p -> p.timestamp(new Date(Long.MIN_VALUE))));
    list.add(claim("no headers", p -> p.headers(null)));
    list.add(header("__TypeId__", "java.lang.Runtime"));
    list.add(header("id", "no UUID"));
    list.add(header("id", 5));
    list.add(header("timestamp", "yesterday"));
    list.add(header("contentType", 5));
    list.add(header("contentType", "no/such/type"));
    list.add(header("errorChannel", 5));
    list.add(header("errorChannel", "nowhere"));
    list.add(header("replyChannel", 5));
    list.add(header("replyChannel", "nowhere"));
    list.add(header("priority", "high"));
    list.add(header("amqp_deliveryTag", "one"));
    list.add(header("amqp_channel", "none"));
    list.add(header("amqp_replyTo", 5));
    list.add(header("x-death", "often"));
    list.add(
        header(
            "x-death",
            List.of(
                Map.of(
                    "queue",
                    "tasks.dead",
                    "count",
                    99L,
                    "reason",
                    "rejected",
                    "exchange",
                    "tasks",
                    "routing-keys",
                    List.of("dead")))));
    list.add(header("x-delivery-count", 50L));
    list.add(header("x-delivery-count", "often"));
    list.add(header("x-delay", "long"));
    list.add(header("x-delay", 5));
    list.add(header("x-retries", 99));
    list.add(header("retry-count", "often"));
    list.add(header("retry_count", "often"));
    list.add(header("x-exception-message", "boom"));
    list.add(header("x-first-death-queue", "tasks.dead"));
    list.add(header("CC", List.of("nowhere")));
    list.add(header("BCC", List.of("nowhere")));
    list.add(header("springBatchFormat", "lengthHeader4"));
    list.add(header("springAutoDecompress", true));
    list.add(header("spring_listener_return_correlation", "x"));
    list.add(header("spring_returned_message_correlation", "x"));
    list.add(header("spring_request_return_correlation", 5));
    list.add(header("dead-reason", "no-id"));
    list.add(header("dead-at", 5));
    list.add(header("queue", "dead"));
    list.add(header("queue", "no such queue"));
    list.add(header("caller", "c".repeat(300)));
    list.add(header("caller", "a.#"));
    list.add(header("created-at", "-999999999-01-01T00:00:00Z"));
    list.add(header("created-at", 5));
    list.add(header("round", -1));
    list.add(header("attempt", "often"));
    list.add(header("dispatch", Long.MAX_VALUE));
    list.add(header("expires-at", "+999999999-12-31T23:59:59Z"));
    list.add(header("expires-at", "soon"));
    list.add(header("timeout-ms", 0));
    list.add(header("timeout-ms", -5));
    list.add(header("timeout-ms", Long.MAX_VALUE));
    list.add(header("retry-max-attempts", Map.of("a", "b")));
    list.add(header("retry-min-backoff-ms", Long.MAX_VALUE));
    list.add(header("labels", "none"));
    list.add(header("labels", Map.of("long", "x".repeat(125_000))));
    list.add(header("labels", Map.of("a", List.of(1, new Date(0)))));
    list.add(header("", "empty name"));
    list.add(header("n".repeat(255), "long name"));
    list.add(header("nothing", null));
    list.add(header("long", "x".repeat(100_000)));
    list.add(header("date", new Date(0)));
    list.add(header("number", new BigDecimal("1.5")));
    list.add(header("bytes", new byte[] {1, 2, 3}));
    list.add(header("table", Map.of("a", List.of(Map.of("b", new Date(0))))));
    list.add(
        claim(
            "headers up to the frame's limit", p -> p.headers(Map.of("big", "x".repeat(130_700)))));
    list.add(claim("many headers", p -> p.headers(manyHeaders())));
    return list.stream();
  }

  private static Map<String, Object> manyHeaders() {
    var headers = new HashMap<String, Object>();
    for (int i = 0; i < 2_000; i++) {
      headers.put("h" + i, "value");
    }
    return headers;
  }

  private static Arguments claim(String what, UnaryOperator<BasicProperties.Builder> change) {
    return Arguments.of(what, change);
  }

  private static Arguments header(String name, Object value) {
    var headers = new HashMap<String, Object>();
    headers.put("queue", "default");
    headers.put(name, value);
    var shown = String.valueOf(value);
    return claim(
        name.substring(0, Math.min(name.length(), 40))
            + "="
            + shown.substring(0, Math.min(shown.length(), 40)),
        p -> p.headers(headers));
  }

  @Test
  void buriesWhatIsNamedInBytesThatAreNoText() throws Exception {
    sender.publish(new NoText(), "no JSON".getBytes(UTF_8));

    assertBuriedOnce("no-id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "two"})
  void failsForGood_whatClaimsToBeABatch(String shape) throws Exception {
    var one = ByteBuffer.allocate(4 + HELLO.length).putInt(HELLO.length).put(HELLO).array();
    var body =
        switch (shape) {
          case "two" -> concat(one, one);
          case "short" -> Arrays.copyOf(one, 10);
          default -> new byte[0];
        };
    var headers = Map.<String, Object>of("springBatchFormat", "lengthHeader4");

    var properties = SenderStub.properties().headers(headers).build();

    sender.publish(properties, body);

    assertFailedOnce(properties.getMessageId());
  }

  @Test
  void failsForGood_whatClaimsToBeASerializedObject() throws Exception {
    var body = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(body)) {
      out.writeObject(new HashMap<>(Map.of("message", "Hello")));
    }

    var properties =
        SenderStub.properties().contentType("application/x-java-serialized-object").build();

    sender.publish(properties, body.toByteArray());

    assertFailedOnce(properties.getMessageId());
  }

  @Test
  void doesATask_whoseSenderGaveItsUser(VirtualHost other) throws Exception {
    var user = URI.create(other.uri()).getUserInfo().split(":", 2)[0];
    var properties = SenderStub.properties().userId(user).build();

    sender.publish(properties, HELLO);

    worker.awaitDone(properties.getMessageId());
    assertNothingIsLeft();
  }

  @Test
  void doesATask_withTheLongestId() throws Exception {
    var id = UUID.randomUUID() + "x".repeat(219);

    sender.publish(SenderStub.properties().messageId(id).build(), HELLO);

    worker.awaitLine(line -> line.startsWith("worker-1 done " + id.substring(0, 200) + "...(255 "));
    sender.awaitEvent(id, Kind.SUCCEEDED);
  }

  @Test
  void namesTheFieldsAtFault() throws Exception {
    var id = sender.send("chaos", "{\"failFirst\":-1,\"sleepSeconds\":4000}");

    assertThat(assertFailedOnce(id).requireFailure().message())
        .contains("failFirst must be greater than or equal to 0", "sleepSeconds must be less than");
  }

  @Test
  void ignoresFieldsItDoesNotKnow() throws Exception {
    var id = sender.send("message", "{\"new\":{\"a\":[1]},\"message\":\"Hello\"}");

    worker.awaitDone(id);
  }

  private TaskEvent assertFailedOnce(String id) throws Exception {
    var failed = sender.awaitEvent(id, Kind.FAILED);
    assertThat(failed.requireFailure().errorClass()).isEqualTo("InvalidPayload");
    assertThat(failed.requireFailure().permanent()).isTrue();
    assertThat(failed.requireFailure().message()).isNotBlank();
    assertNothingIsLeft();
    assertThat(sender.events(id)).hasSize(1);
    return failed;
  }

  private GetResponse assertBuriedOnce(String reason) throws Exception {
    var buried = sender.takeBuried();
    assertThat(buried.getProps().getHeaders().get(TaskHeaders.DEAD_REASON)).hasToString(reason);
    assertThat(buried.getProps().getHeaders()).containsKeys("dead-detail", "dead-at");
    assertNothingIsLeft();
    return buried;
  }

  /** A task sent behind it is done, so the worker goes on; and neither queue holds anything. */
  private void assertNothingIsLeft() throws Exception {
    worker.awaitDone(sender.send("Hello"));
    assertThat(sender.take(TaskTopology.DEAD_QUEUE)).isNull();
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE)).isNull();
  }

  private static Object text(String value) {
    return LongStringHelper.asLongString(value);
  }

  private static byte[] concat(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  /** An id and a type of 255 bytes that are no UTF-8, as no Java client would send them. */
  private static final class NoText extends BasicProperties {
    @Override
    public void writePropertiesTo(ContentHeaderPropertyWriter writer) throws IOException {
      for (int property = 0; property < 14; property++) {
        writer.writePresence(property == 8 || property == 10);
      }
      writer.finishPresence();
      for (int string = 0; string < 2; string++) {
        writer.writeOctet(255);
        for (int i = 0; i < 255; i++) {
          writer.writeOctet(0xff);
        }
      }
    }
  }
}
