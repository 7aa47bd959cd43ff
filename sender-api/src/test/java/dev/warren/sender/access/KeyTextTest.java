package dev.warren.sender.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {

  @Test
  void makesUpAnotherKeyEachTime() {
    var keys = Stream.generate(KeyText::random).limit(1000).collect(Collectors.toSet());
    assertThat(keys).hasSize(1000).allMatch(KeyText::isAcceptable);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "warren_0123456789abcdef0123456789abcdef",
        "warren_rW4vDfLJ3m-rG9Yt5GkQy_x2f8uKc0pZ7aB1nE6hTsI",
      })
  void acceptsAtLeast128Bits(String key) {
    assertThat(KeyText.isAcceptable(key)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "changeme",
        "warren_0123456789abcdef0123456789abcde",
        "warren_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "warren_0123456789abcdef 0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789",
      })
  void refusesWhatCanBeGuessed(String key) {
    assertThat(KeyText.isAcceptable(key)).isFalse();
  }
}
