package dev.warren.sender.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.WireMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameLimitTest {

  private static final String LONGEST = "\u20ac".repeat(85);
  private static final String TOO_LONG = LONGEST + "x";

  /** What a frame of these headers has beside the text of a header "h". */
  private static final int REST = emptyFrame();

  @Test
  void admitsTheLongestShortStrings() {
    var message = message(LONGEST, LONGEST, LONGEST, LONGEST, LONGEST, Map.of(LONGEST, 1));
    assertThat(admits(4096, message)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("tooLongSomewhere")
  void refusesAShortStringThatIsTooLong(WireMessage message) {
    assertThat(admits(0, message)).isFalse();
  }

  static Stream<WireMessage> tooLongSomewhere() {
    return Stream.of(
        message(TOO_LONG, "id", "type", "reply", "correlation", Map.of()),
        message("key", TOO_LONG, "type", "reply", "correlation", Map.of()),
        message("key", "id", TOO_LONG, "reply", "correlation", Map.of()),
        message("key", "id", "type", TOO_LONG, "correlation", Map.of()),
        message("key", "id", "type", "reply", TOO_LONG, Map.of()),
        message("key", "id", "type", "reply", "correlation", Map.of(TOO_LONG, 1)),
        message("key", "id", "type", "reply", "correlation", Map.of("h", Map.of(TOO_LONG, 1))));
  }

  @Test
  void refusesWhatTheClientCannotEncode() {
    assertThat(admits(0, headers(Map.of("h", BigInteger.TEN)))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 131_072})
  void admitsExactlyWhatGoesIntoAFrame(int frameMax) {
    var fits = "x".repeat(frameMax - REST);
    assertThat(admits(frameMax, headers(Map.of("h", fits)))).isTrue();
    assertThat(admits(frameMax, headers(Map.of("h", fits + "x")))).isFalse();
    assertThat(admits(0, headers(Map.of("h", fits + "x")))).isTrue();
  }

  private static int emptyFrame() {
    try {
      return WireProperties.of(headers(Map.of("h", ""))).toFrame(0, 0).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean admits(int frameMax, WireMessage message) {
    return new FrameLimit(frameMax).admits(message, WireProperties.of(message));
  }

  private static WireMessage headers(Map<String, Object> headers) {
    return message("key", null, null, null, null, headers);
  }

  private static WireMessage message(
      String key,
      @Nullable String id,
      @Nullable String type,
      @Nullable String replyTo,
      @Nullable String correlationId,
      Map<String, Object> headers) {
    return new WireMessage(
        "tasks", key, id, type, null, null, replyTo, correlationId, headers, new byte[0]);
  }
}
