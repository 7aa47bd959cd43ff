package dev.warren.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  @Test
  void isReadAsItWasWritten() {
    var text = "00-" + TRACE + "-" + SPAN + "-01";

    assertThat(TraceParent.parse(text)).contains(new TraceParent(TRACE, SPAN, "01"));
    assertThat(TraceParent.parse(text).map(TraceParent::toString)).contains(text);
  }

  @Test
  void ofANewerVersionIsReadAsFarAsItIsKnown() {
    assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-01-what-the-future-brings"))
        .contains(new TraceParent(TRACE, SPAN, "01"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "none",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx: y",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
      })
  void isNone_whereItMakesNoSense(String text) {
    assertThat(TraceParent.parse(text)).isEmpty();
  }
}
