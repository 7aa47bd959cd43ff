package dev.warren.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTextTest {

  @ParameterizedTest
  @CsvSource({
    "000a, \\u000a", "000d, \\u000d", "001b, \\u001b", "0000, \\u0000", "007f, \\u007f",
    "0085, \\u0085", "009b, \\u009b", "2028, \\u2028", "202e, \\u202e", "feff, \\ufeff",
    "d800, \\ud800", "e000, \\ue000", "e0001, \\udb40\\udc01",
  })
  void escapesWhatATerminalWouldObey(String codePoint, String escaped) {
    var text = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";

    assertThat(PlainText.of(text)).isEqualTo("a" + escaped + "b");
  }

  @Test
  void leavesTextAsItIs() {
    assertThat(PlainText.of("Jo\u00e3o \"\ud83d\udc07\"")).isEqualTo("Jo\u00e3o \"\ud83d\udc07\"");
  }

  @Test
  void leavesJsonTheSameJson() {
    var sent = Json.object().put("name", "a\u001b[31m\u009b\n\u202e\udb40\udc01b");

    var shown = PlainText.ofJson(Json.pretty(sent));

    assertThat(shown).doesNotContain("\u001b", "\u009b", "\u202e", "\udb40").contains("\n");
    assertThat(Json.read(shown)).isEqualTo(sent);
  }
}
