package dev.warren.worker.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {

  @ParameterizedTest
  @CsvSource({
    "000a, \\u000a", "000d, \\u000d", "001b, \\u001b", "0000, \\u0000", "007f, \\u007f",
    "0085, \\u0085", "009b, \\u009b", "2028, \\u2028", "2029, \\u2029", "202e, \\u202e",
    "feff, \\ufeff", "d800, \\ud800", "e000, \\ue000", "e0001, \\ue0001",
  })
  void escapesWhatATerminalOrALogWouldObey(String codePoint, String escaped) {
    var text = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";

    assertThat(LogText.of(text)).isEqualTo("a" + escaped + "b");
  }

  @Test
  void leavesTextAsItIs() {
    assertThat(LogText.of("H\u00e9llo \"\ud83d\udc07\"..."))
        .isEqualTo("H\u00e9llo \"\ud83d\udc07\"...");
  }

  @Test
  void letsNoTextImitateWhatFollowsIt() {
    assertThat(LogText.quoted("x\" attempt=9")).isEqualTo("\"x\\\" attempt=9\"");
    assertThat(LogText.quoted("x\\\" attempt=9")).isEqualTo("\"x\\\\\\\" attempt=9\"");
  }

  @Test
  void cutsAt200Characters() {
    assertThat(LogText.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(LogText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...(201 characters)");
  }

  @Test
  void cutsBetweenSurrogatePairs() {
    var rabbits = "\ud83d\udc07".repeat(201);

    assertThat(LogText.of(rabbits)).startsWith("\ud83d\udc07".repeat(200) + "...(");
  }

  @Test
  void saysWhatFailedAndWhere() {
    assertThat(LogText.of(new IllegalStateException("boom")))
        .startsWith("IllegalStateException: boom at dev.warren.worker.reporting.LogTextTest.");
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0", "49, 0.0", "51, 0.1", "5040, 5.0", "40000, 40.0"})
  void writesSecondsWithOneDecimal(long millis, String seconds) {
    assertThat(LogText.seconds(Duration.ofMillis(millis))).isEqualTo(seconds);
  }
}
