package dev.warren.sender.submission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendRequestTest {

  @Test
  void takesTheMessage() {
    assertThat(parse(" {\"message\" : \"Hello RabbitMQ!...\"}\n").message())
        .isEqualTo("Hello RabbitMQ!...");
  }

  @Test
  void takesEscapesAndAnyScript() {
    assertThat(parse("{\"message\":\"\\u00e9 \ud83d\udc07 \\\"\"}").message())
        .isEqualTo("\u00e9 \ud83d\udc07 \"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | message is missing",
        "{\"message\": null} | message must be a string, not null",
        "{\"message\": 5} | message must be a string, not a number",
        "{\"message\": true} | message must be a string, not a boolean",
        "{\"message\": [\"a\"]} | message must be a string, not an array",
        "{\"message\": {\"message\": \"a\"}} | message must be a string, not an object",
        "{\"message\": \"\"} | message must not be blank",
        "{\"message\": \"a......\"} | message holds 6 dots",
        "{\"message\": \"a\", \"priority\": 9} | priority is not known",
        "{\"Message\": \"a\"} | Message is not known",
      })
  void saysWhichFieldIsAtFault(String body, String detail) {
    var problem = problemOf(body.getBytes(UTF_8));
    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
    assertThat(problem.detail()).contains(detail);
    assertThat(problem.errors()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | has no body",
        "'  ' | has no body",
        "hello | Malformed JSON at line 1, column 1",
        "{'message': 'a'} | Malformed JSON",
        "{\"message\": \"a\" | Malformed JSON",
        "{\"message\": \"a\",} | Malformed JSON",
        "{\"message\": \"a\"} {} | follows the JSON",
        "{\"message\": \"a\"} x | Malformed JSON",
        "{\"message\": \"a\", \"message\": \"b\"} | Duplicate",
        "[\"message\"] | must be a JSON object",
        "\"message\" | must be a JSON object",
        "null | must be a JSON object",
      })
  void saysWhereTheJsonIsMalformed(String body, String detail) {
    var problem = problemOf(body.getBytes(UTF_8));
    assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_JSON);
    assertThat(problem.detail()).contains(detail);
  }

  @Test
  void saysWhereTheBodyIsNotUtf8() {
    var body = "{\"message\": \"\u00e9\"}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(problemOf(body).detail()).contains("not UTF-8").contains("byte 13");
  }

  @Test
  void namesTenFieldsAtFaultAtMost() {
    var fields = new StringBuilder("{\"" + "x".repeat(1000) + "\":0");
    for (var i = 0; i < 5000; i++) {
      fields.append(",\"f").append(i).append("\":0");
    }
    var problem = problemOf(fields.append('}').toString().getBytes(UTF_8));
    assertThat(problem.errors()).hasSize(10);
    assertThat(problem.detail()).hasSizeLessThan(2000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"message\":"})
  void survivesDeepNesting(String opening) {
    assertThat(problemOf(opening.repeat(20_000).getBytes(UTF_8)).status()).isEqualTo(400);
  }

  @Test
  void tellsNothingOfTheParser_whenALimitIsExceeded() {
    var digits = "{\"message\":" + "9".repeat(2000) + "}";
    assertThat(problemOf(digits.getBytes(UTF_8)).detail()).doesNotContain("StreamReadConstraints");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hello", "{\"message\": \"a\", \"message\": \"b\"}", "{\"message\": \"a\"", "[[["})
  void tellsNothingOfTheInside(String body) {
    assertThat(problemOf(body.getBytes(UTF_8)).detail())
        .doesNotContainIgnoringCase("source")
        .doesNotContain("tools.jackson", "com.", "java.", "Exception", "StreamReadFeature");
  }

  private static SendRequest parse(String body) {
    return SendRequest.parse(body.getBytes(UTF_8));
  }

  private static Problem problemOf(byte[] body) {
    return catchThrowableOfType(RequestRefused.class, () -> SendRequest.parse(body)).problem();
  }
}
