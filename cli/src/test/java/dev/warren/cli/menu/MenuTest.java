package dev.warren.cli.menu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.cli.TestScreen;
import dev.warren.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MenuTest {

  private final List<String> calls = new ArrayList<>();

  @Test
  void asksForEachArgument() {
    var screen = run("add", "10", "5", "quit");

    assertThat(calls).containsExactly("calculator.add {\"a\":10,\"b\":5}");
    assertThat(screen.out()).contains("Warren at here", "> a: b: > ");
    assertThat(screen.err()).isEmpty();
  }

  @Test
  void takesNumbersNamesTypesAndWholeLines() {
    run("5", "2", "8", "MEAN 1 2", "system.info", "search jo\u00e3o silva", "1 {\"a\": 1}", "0");

    assertThat(calls)
        .containsExactly(
            "calculator.power {\"base\":2,\"exponent\":8}",
            "calculator.mean {\"numbers\":[1,2]}",
            "system.info {}",
            "directory.search {\"name\":\"jo\u00e3o silva\"}",
            "calculator.add {\"a\":1}");
  }

  @Test
  void asksAgainAndSaysWhy() {
    var screen = run("divide", "ten", "", "1 2", "10", "1,5", "4", "quit");

    assertThat(calls).containsExactly("calculator.divide {\"a\":10,\"b\":4}");
    assertThat(screen.err())
        .contains("a: \"ten\" is no number")
        .contains("a is missing")
        .contains("one number, please, not 2")
        .contains("write 1.5");
  }

  @Test
  void asksForEachArgument_whereThoseOfTheLineAreWrong() {
    var screen = run("add 1", "7", "8", "quit");

    assertThat(screen.err()).contains("b is missing. It is: calculator.add A B");
    assertThat(calls).containsExactly("calculator.add {\"a\":7,\"b\":8}");
  }

  @Test
  void leavesOutWhatIsOptional() {
    run("logarithm", "100", "", "logarithm", "100", "2 10", "", "logarithm", "100", "10", "quit");

    assertThat(calls)
        .containsExactly(
            "calculator.logarithm {\"value\":100}",
            "calculator.logarithm {\"value\":100}",
            "calculator.logarithm {\"value\":100,\"base\":10}");
  }

  @Test
  void showsTheListAgain_whenItKnowsNoSuchThing() {
    var screen = run("", "multiplly", "11", "quit");

    assertThat(screen.err()).contains("\"multiplly\" is none of these", "\"11\" is none of these");
    assertThat(screen.out().split("directory.search NAME", -1)).hasSize(4);
    assertThat(calls).isEmpty();
  }

  @Test
  void goesBack() {
    run("add", "1", ".", "info", "quit");

    assertThat(calls).containsExactly("system.info {}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quit", "QUIT", "q", "exit", "0"})
  void quits(String word) {
    run(word, "info");

    assertThat(calls).isEmpty();
  }

  @Test
  void quitsAtTheEndOfTheInput() {
    run();
    run("add", "1");
    run("info");

    assertThat(calls).containsExactly("system.info {}");
  }

  @Test
  void obeysNothingThatWasTyped() {
    var screen = run("\u001b[A", "add", "\u001b[31m", "1", "2");

    assertThat(screen.err()).contains("\\u001b[A", "\\u001b[31m").doesNotContain("\u001b");
    assertThat(calls).hasSize(1);
  }

  private TestScreen run(String... lines) {
    var screen = new TestScreen(lines);
    new Menu(
            screen.screen(), "here", (type, payload) -> calls.add(type + " " + Json.write(payload)))
        .run();
    return screen;
  }
}
