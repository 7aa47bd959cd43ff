package dev.warren.sender.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class IdempotencyKeyTest {

  @Test
  void isVisibleAsciiWithOrWithoutQuotes() {
    assertThat(IdempotencyKey.textOf("8e03978e-40d5")).isEqualTo("8e03978e-40d5");
    assertThat(IdempotencyKey.textOf("\"8e03978e-40d5\"")).isEqualTo("8e03978e-40d5");
    assertThat(IdempotencyKey.textOf("\"two \\\"words\\\\\"")).isEqualTo("two \"words\\");
    assertThat(IdempotencyKey.textOf("!~\"")).isEqualTo("!~\"");
    assertThat(IdempotencyKey.textOf("k".repeat(255))).hasSize(255);
  }

  @Test
  void isNothingElse() {
    for (var text :
        new String[] {"", "\"\"", "\"", "\"a", "a b", "a\tb", "\u00e9", "\"\\n\"", "\"a\"b\""}) {
      assertThat(IdempotencyKey.textOf(text)).as(text).isNull();
    }
    assertThat(IdempotencyKey.textOf("k".repeat(256))).isNull();
    assertThat(IdempotencyKey.textOf("\"" + "k".repeat(256) + "\"")).isNull();
  }

  @Test
  void isOfOneRequest() {
    var key = new IdempotencyKey("name", "POST /send");
    var body = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(key.with(body)).isEqualTo(key.with(body));
    assertThat(key.with(body)).isNotEqualTo(key.with(new byte[0]));
    assertThat(key.with(body))
        .isNotEqualTo(new IdempotencyKey("name", "POST /v1/tasks").with(body));
    var digest = key.digest();
    digest.update(body, 0, 1);
    digest.update(body, 1, 1);
    assertThat(key.with(digest)).isEqualTo(key.with(body));
    assertThat(key.with(body).partOf(1)).isNotEqualTo(key.with(body).partOf(11));
  }
}
