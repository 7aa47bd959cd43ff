package dev.warren.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.validation.Validation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class HttpPayloadTest {

  private static final PayloadReader READER =
      PayloadReader.strict(Validation.buildDefaultValidatorFactory().getValidator());

  @Test
  void isAUrlAndNothingElse() throws Exception {
    assertThat(read("{\"url\": \"https://example.org\"}").effectiveMethod()).isEqualTo("GET");
  }

  @Test
  void isAPost_whereItHasABody() throws Exception {
    var call = read("{\"url\": \"https://example.org\", \"body\": \"{}\"}");

    assertThat(call.effectiveMethod()).isEqualTo("POST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org",
        "HTTPS://Example.ORG:8443/a%20b?c=d&e=f",
        "http://127.0.0.1/",
        "http://[::1]:80/",
        "http://localhost.:80",
        "http://xn--bcher-kva.example/",
      })
  void acceptsAUrl(String url) throws Exception {
    assertThat(read(json(url)).url()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ftp://example.org | http://",
        "file:///etc/passwd | http://",
        "//example.org | http://",
        "example.org | http://",
        "http: | URL",
        "http:///path | host",
        "http://exa mple.org | ASCII",
        "http://ex\u00e4mple.org | ASCII",
        "http://\uff11\uff12\uff17.0.0.1 | ASCII",
        "http://user:word@example.org | Authorization",
        "http://example.org@127.0.0.1 | Authorization",
        "http://0x7f.1/ | host",
        "http://127.1/ | host",
        "http://under_score/ | host",
        "http://example.org:0/ | port",
        "http://example.org:65536/ | port",
        "http://example.org/#part | fragment",
        "http://example.org/{x} | character 19",
        "http://[::1 | character",
      })
  void saysWhatIsWrongWithAUrl(String url, String detail) {
    assertRefused(json(url), "url", detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Host | x | must not hold host",
        "content-LENGTH | 5 | must not hold content-length",
        "Transfer-Encoding | chunked | must not hold transfer-encoding",
        "Connection | close | must not hold connection",
        "Idempotency-Key | mine | must not hold idempotency-key",
        "Webhook-Signature | mine | must not hold webhook-signature",
        "traceparent | mine | must not hold traceparent",
        "X-A | a\\r\\nHost: b | must have for x-a printable ASCII",
        "X-A | \u00e4 | must have for x-a printable ASCII",
        "a b | x | must have names",
        "a: | x | must have names",
        "\"\" | x | must have names",
      })
  void refusesAHeader(String name, String value, String detail) {
    var body = "{\"url\": \"http://example.org\", \"headers\": {\"%s\": \"%s\"}}";
    assertRefused(body.formatted(name, value), "headers", detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'method': 'TRACE' | method | must be GET, HEAD",
        "'method': 'get' | method | must be GET, HEAD",
        "'method': 'GET', 'body': 'x' | body | GET",
        "'timeoutSeconds': 0 | timeoutSeconds | 1",
        "'timeoutSeconds': 1501 | timeoutSeconds | 1500",
        "'headers': {'x': null} | headers | x",
        "'headers': {'x': 5} | headers.x | String",
        "'body': {} | body | String",
        "'answerHeaders': ['a b'] | answerHeaders | names",
        "'answerHeaders': [null] | answerHeaders | names",
      })
  void refusesAField(String field, String path, String detail) {
    var body = "{\"url\": \"http://example.org\", %s}";
    assertRefused(body.formatted(field.replace('\'', '"')), path, detail);
  }

  @Test
  void needsAUrl() {
    assertRefused("{}", "url", "must not be null");
  }

  private static String json(String url) {
    return "{\"url\": %s}".formatted(JsonMapper.shared().writeValueAsString(url));
  }

  private static HttpPayload read(String json) throws InvalidPayload {
    return READER.read(json.getBytes(UTF_8), HttpPayload.class);
  }

  private static void assertRefused(String json, String path, String detail) {
    assertThatExceptionOfType(InvalidPayload.class)
        .isThrownBy(() -> read(json))
        .satisfies(
            refused ->
                assertThat(refused.violations())
                    .singleElement()
                    .satisfies(
                        it -> {
                          assertThat(it.path()).isEqualTo(path);
                          assertThat(it.detail()).contains(detail);
                        }));
  }
}
