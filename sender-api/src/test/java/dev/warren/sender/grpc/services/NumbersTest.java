package dev.warren.sender.grpc.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.sender.problems.RequestRefused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

  @ParameterizedTest
  @ValueSource(strings = {"0", "-0", "10", "-12.50", "0.1", "1e9", "1E+400", "-1.5e-7"})
  void passesOnTheVeryText(String number) {
    assertThat(new Numbers().with("a", number).json()).isEqualTo("{\"a\":" + number + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1,5",
        "+1",
        "01",
        ".5",
        "1.",
        "1e",
        "NaN",
        "Infinity",
        "0x1",
        "1 ",
        "1\n",
        "١",
        "1,\"b\":2",
        "null"
      })
  void refusesWhatIsNoNumber(String number) {
    assertThatThrownBy(() -> new Numbers().with("a", number).json())
        .isInstanceOf(RequestRefused.class);
  }

  @Test
  void refusesOneThatNoParserTakes() {
    assertThatThrownBy(() -> new Numbers().with("a", "1".repeat(1001)).json())
        .isInstanceOf(RequestRefused.class);
  }

  @Test
  void tellsAllFaultsAtOnce() {
    var numbers = new Numbers().with("numbers", List.of("1", "x", "2")).with("b", "");
    assertThatThrownBy(numbers::json).hasMessageContainingAll("numbers[1]", "b is missing");
    assertThat(new Numbers().with("numbers", List.of("1", "2")).with("b", "3").json())
        .isEqualTo("{\"numbers\":[1,2],\"b\":3}");
  }
}
