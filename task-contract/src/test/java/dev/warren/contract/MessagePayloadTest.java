package dev.warren.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePayloadTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 30, 40})
  void acceptsTheAgreedNumbersOfDots(int dots) {
    assertThat(MessagePayload.problemWith("x" + ".".repeat(dots))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 29, 31, 39, 41, 100})
  void saysHowManyDotsThereWere(int dots) {
    assertThat(MessagePayload.problemWith("x" + ".".repeat(dots)))
        .hasValueSatisfying(problem -> assertThat(problem).contains("holds " + dots + " dots"));
  }

  @Test
  void countsDotsWhereverTheyStand() {
    assertThat(new MessagePayload(".a.b c.").work()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void countsNoOtherCharacterThatLooksLikeADot() {
    assertThat(new MessagePayload("\u2026\u3002\uff0e\u00b7").work()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\r\n", "\u00a0", "\u2003", "\u200b\ufeff", "\u0000"})
  void refusesABlankMessage(String message) {
    assertThat(MessagePayload.problemWith(message)).hasValue("must not be blank");
  }

  @Test
  void refusesHalfASurrogatePair() {
    assertThat(MessagePayload.problemWith("x\ud800")).isPresent();
    assertThat(MessagePayload.problemWith("x\ud83d\udc07")).isEmpty();
  }

  @Test
  void takesDotsAloneAsAMessage() {
    assertThat(MessagePayload.problemWith("...")).isEmpty();
  }
}
