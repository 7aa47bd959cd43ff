package dev.warren.sender.replies;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitPreferenceTest {

  private static final int NONE = -1;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "wait=10 | 10",
        "WAIT=10 | 10",
        "wait = 10 | 10",
        "wait=\"10\" | 10",
        "wait=60 | 60",
        "wait=61 | 60",
        "wait=99999999999999999999 | 60",
        "wait=007 | 7",
        "wait=0 | 0",
        "respond-async, wait=10 | 10",
        "respond-async,wait=10 | 10",
        "handling=lenient; strict=\"a, wait=3\", wait=10 | 10",
        "foo=\"wait=3, \\\"\", wait=10 | 10",
        "wait=10; foo=bar, return=minimal | 10",
        "wait=10, wait=20 | 10",
      })
  void readsHowLong(String header, int seconds) {
    assertThat(in(header)).isEqualTo(seconds);
  }

  /** As long as no header may be; a server's thread has a stack of a mebibyte. */
  @ParameterizedTest
  @ValueSource(strings = {"wait=1;%s", "foo=\"%s\", wait=1", "foo; bar=\"%s\", wait=1"})
  void readsTheLongest(String header) {
    assertThat(in(header.formatted("x".repeat(100_000)))).isEqualTo(1);
    assertThat(in(header.formatted("\\x".repeat(100_000)))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wait",
        "wait=",
        "wait=soon",
        "wait=-1",
        "wait=1.5",
        "await=10",
        "respond-async",
        "foo=\"wait=10\"",
        "\"wait=10",
        "@@@",
        ", ,",
      })
  void ignoresNonsense(String header) {
    assertThat(in(header)).isEqualTo(NONE);
  }

  @Test
  void readsAllHeaders() {
    assertThat(in("respond-async", "wait=5")).isEqualTo(5);
    assertThat(in()).isEqualTo(NONE);
  }

  private static int in(String... headers) {
    return WaitPreference.in(Collections.enumeration(List.of(headers)))
        .map(wait -> (int) wait.toSeconds())
        .orElse(NONE);
  }
}
