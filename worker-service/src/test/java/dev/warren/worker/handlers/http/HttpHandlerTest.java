package dev.warren.worker.handlers.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.warren.contract.HttpPayload;
import dev.warren.contract.HttpResult;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.RetryAfter;
import dev.warren.worker.handlers.TestContext;
import dev.warren.worker.handlers.http.HttpHandler.Unsuccessful;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHandlerTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Instant NOW = Instant.now();
  private static final TestContext TASK = TestContext.ofAttempt(1);

  private final HttpHandler handler = handler("127.0.0.0/8", "");

  @Test
  void answersWhatWasAnswered() throws Exception {
    try (var target =
        Target.answering("201 Created\r\nX-A: 1\r\nX-a: 2\r\nX-B: 3", "done \u00c3\u00a4")) {
      var result = handle(call(target.url(), null, null, null, List.of("x-A", "X-C")));

      assertThat(result)
          .isEqualTo(new HttpResult(201, Map.of("x-a", "1, 2"), "done \u00e4", "utf-8", false));
      assertThat(target.requests()).hasSize(1);
      assertThat(target.requests().get(0).lines())
          .startsWith("GET /path?secret=1 HTTP/1.1")
          .contains(
              "Host: " + target.url().substring(7, target.url().indexOf("/path")),
              "Connection: close",
              "Accept-Encoding: identity",
              "User-Agent: Warren",
              "Idempotency-Key: test",
              "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
          .noneMatch(line -> line.toLowerCase().startsWith("webhook"));
    }
  }

  @Test
  void sendsWhatItIsTold_signed() throws Exception {
    try (var target = Target.answering("204 No Content", "")) {
      var headers = Map.of("X-Own", "a, b", "Content-Type", "text/plain");
      handler("127.0.0.0/8", SECRET)
          .handle(call(target.url(), "PUT", headers, "b\u00f6dy", null), TASK);

      var request = target.requests().get(0);
      var body = "b\u00f6dy".getBytes(UTF_8);
      var signature = WebhookSignature.with(SECRET).of("test", NOW, body);
      assertThat(request.lines())
          .startsWith("PUT /path?secret=1 HTTP/1.1")
          .contains(
              "X-Own: a, b",
              "Content-Type: text/plain",
              "Content-Length: 5",
              "webhook-id: test",
              "webhook-timestamp: " + NOW.getEpochSecond(),
              "webhook-signature: " + signature);
      assertThat(request).endsWith("\r\n\r\n" + new String(body, ISO_8859_1));
    }
  }

  @Test
  void sendsJson_unlessAHeaderSaysOtherwise() throws Exception {
    try (var target = Target.answering("200 OK", "")) {
      handle(call(target.url(), null, null, "{}", null));

      assertThat(target.requests().get(0).lines())
          .startsWith("POST /path?secret=1 HTTP/1.1")
          .contains("Content-Type: application/json");
    }
  }

  @Test
  void answersInBase64_whatIsNoText() throws Exception {
    byte[] body = {(byte) 0xff, 0, 1};
    try (var target = Target.answering("200 OK", body)) {
      var result = handle(call(target.url()));

      assertThat(result.encoding()).isEqualTo("base64");
      assertThat(Base64.getDecoder().decode(result.body())).isEqualTo(body);
    }
  }

  @Test
  void answers64KibibytesOfABodyWithoutEnd() throws Exception {
    var chunk = "x".repeat(8191);
    try (var target =
        new Target(
            out -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n\u00c3\u00a4".getBytes(ISO_8859_1));
              while (true) {
                out.write(chunk.getBytes(UTF_8));
              }
            })) {
      var result = handle(call(target.url()));

      assertThat(result.body()).hasSize(64 * 1024 - 1).startsWith("\u00e4xx");
      assertThat(result.truncated()).isTrue();
      assertThat(target.hungUp()).isTrue();
    }
  }

  @Test
  void cutsNoCharacterInTwo() throws Exception {
    try (var target = Target.answering("200 OK", ("x" + "\u20ac".repeat(30_000)).getBytes(UTF_8))) {
      var result = handle(call(target.url()));

      assertThat(result.encoding()).isEqualTo("utf-8");
      assertThat(result.body()).isEqualTo("x" + "\u20ac".repeat(64 * 1024 / 3));
    }
  }

  @Test
  void unpacksNothing() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(packed)) {
      zip.write(new byte[10_000_000]);
    }
    try (var target = Target.answering("200 OK\r\nContent-Encoding: gzip", packed.toByteArray())) {
      var result = handle(call(target.url()));

      assertThat(Base64.getDecoder().decode(result.body())).isEqualTo(packed.toByteArray());
    }
  }

  @Test
  void followsNoRedirect() throws Exception {
    try (var other = Target.answering("200 OK", "");
        var target = Target.answering("302 Found\r\nLocation: " + other.url(), "")) {
      assertThatExceptionOfType(PermanentFailure.class)
          .isThrownBy(() -> handle(call(target.url())))
          .withMessageContaining(other.url())
          .withMessageContaining("redirects are not followed")
          .satisfies(failure -> assertThat(failure.code()).contains("Http302"));
      assertThat(other.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 409, 410, 422, 304})
  void isPermanent_whatWouldBeAnsweredAgain(int status) throws Exception {
    try (var target = Target.answering(status + " No", "that is why")) {
      assertThatExceptionOfType(PermanentFailure.class)
          .isThrownBy(() -> handle(call(target.url())))
          .withMessageContaining(status + " from http://127.0.0.1:")
          .withMessageNotContaining("secret")
          .satisfies(failure -> assertThat(failure.code()).contains("Http" + status));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
  void isWorthAnotherAttempt_whatMayBeOtherwiseThen(int status) throws Exception {
    try (var plain = Target.answering(status + " No", "busy");
        var later = Target.answering(status + " No\r\nRetry-After: 7", "")) {
      assertThatExceptionOfType(Unsuccessful.class)
          .isThrownBy(() -> handle(call(plain.url())))
          .withMessageEndingWith(": busy");
      assertThatExceptionOfType(RetryAfter.class)
          .isThrownBy(() -> handle(call(later.url())))
          .satisfies(failure -> assertThat(failure.duration()).isEqualTo(Duration.ofSeconds(7)));
    }
  }

  @Test
  void keepsNoCookie() throws Exception {
    try (var target = Target.answering("200 OK\r\nSet-Cookie: a=b; Path=/", "")) {
      handle(call(target.url()));
      handle(call(target.url()));

      assertThat(target.requests()).hasSize(2).noneMatch(request -> request.contains("Cookie"));
    }
  }

  @Test
  void endsAtItsOwnTimeout_thoughBytesTrickleIn() throws Exception {
    try (var target =
        new Target(
            out -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
              while (true) {
                out.write('.');
                out.flush();
                pause();
              }
            })) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> handle(new HttpPayload(target.url(), null, null, null, 1, null)))
          .withMessage("no whole answer within 1000 ms");
      assertThat(target.hungUp()).isTrue();
    }
  }

  @Test
  void hangsUpAtOnce_whenItIsInterrupted() throws Exception {
    var asked = new CountDownLatch(1);
    try (var target =
        new Target(
            out -> {
              asked.countDown();
              while (true) {
                pause();
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
              }
            })) {
      var end = new CompletableFuture<Throwable>();
      var thread =
          new Thread(
              () -> {
                try {
                  handle(call(target.url()));
                } catch (Throwable e) {
                  end.complete(e);
                }
              });
      thread.start();
      assertThat(asked.await(120, TimeUnit.SECONDS)).isTrue();

      thread.interrupt();

      assertThat(end.get(120, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      assertThat(target.hungUp()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:1]",
      })
  void connectsToNothingThatIsNotPublic(String host) throws Exception {
    try (var target = Target.answering("200 OK", "")) {
      var url = target.url().replace("127.0.0.1", host);
      assertThatExceptionOfType(PermanentFailure.class)
          .isThrownBy(() -> handler("", "").handle(call(url), TASK))
          .withMessageContaining("HTTP_ALLOWED_NETWORKS")
          .satisfies(failure -> assertThat(failure.code()).contains("AddressRefused"));
      assertThat(target.requests()).isEmpty();
    }
  }

  @Test
  void isAFailureLikeAnyOther_whereNobodyAnswers() throws Exception {
    var target = Target.answering("200 OK", "");
    target.close();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> handle(call(target.url())));
    try (var hasty = new Target(out -> {})) {
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> handle(call(hasty.url())));
      assertThat(hasty.requests()).hasSize(1);
    }
  }

  @Test
  void readsNoHeadWithoutEnd() throws Exception {
    try (var target =
        new Target(
            out -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(ISO_8859_1));
              while (true) {
                out.write("X: y\r\n".getBytes(ISO_8859_1));
              }
            })) {
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> handle(call(target.url())));
      assertThat(target.hungUp()).isTrue();
    }
  }

  @Test
  void believesNoCertificateThatNobodyVouchesFor(@TempDir Path folder) throws Exception {
    var server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys"))));
    server.start();
    try {
      var url = "https://localhost:" + server.getAddress().getPort();
      assertThatExceptionOfType(SSLException.class).isThrownBy(() -> handle(call(url)));
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext selfSigned(Path file) throws Exception {
    var password = "password";
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made =
        new ProcessBuilder(
                List.of(
                    keytool,
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=dns:localhost",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    password))
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    var keys = KeyStore.getInstance(file.toFile(), password.toCharArray());
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void refusesATaskWhoseIdFitsIntoNoHeader() {
    var task = new TestContext("a\r\nb: c", 1, TASK.deadline(), new ArrayList<>());

    assertThatExceptionOfType(PermanentFailure.class)
        .isThrownBy(() -> handler.handle(call("http://127.0.0.1:1/"), task))
        .satisfies(failure -> assertThat(failure.code()).contains("UnfitId"));
  }

  @Test
  void saysWhereItCalls_butNotWhatMayBeSecret() {
    assertThat(handler.describe(call("https://hooks.example/T0/B0/xyz?key=abc")))
        .isEqualTo("GET https://hooks.example");
  }

  private HttpResult handle(HttpPayload call) throws Exception {
    return handler.handle(call, TASK);
  }

  private static HttpHandler handler(String allowed, String secret) {
    return new HttpHandler(
        HttpConfiguration.client(CallableAddresses.publicAnd(allowed)),
        WebhookSignature.with(secret),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static HttpPayload call(String url) {
    return call(url, null, null, null, null);
  }

  private static HttpPayload call(
      String url,
      String method,
      Map<String, String> headers,
      String body,
      List<String> answerHeaders) {
    return new HttpPayload(url, method, headers, body, null, answerHeaders);
  }

  /** Of a server that is slow, not of the test. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
