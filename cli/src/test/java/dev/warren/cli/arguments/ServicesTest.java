package dev.warren.cli.arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.cli.output.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServicesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "calculator.add 10 5 | {\"a\":10,\"b\":5}",
        "calculator.subtract -1.50 1e3 | {\"a\":-1.50,\"b\":1E+3}",
        "calculator.power 2 10 | {\"base\":2,\"exponent\":10}",
        "calculator.logarithm 100 | {\"value\":100}",
        "calculator.logarithm 100 10 | {\"value\":100,\"base\":10}",
        "calculator.mean 1 2 3 | {\"numbers\":[1,2,3]}",
        "calculator.mean 1, 2, 3 | {\"numbers\":[1,2,3]}",
        "directory.search jo\u00e3o da silva | {\"name\":\"jo\u00e3o da silva\"}",
        "system.info | {}",
        "calculator.add {\"a\":1,\"b\":2} | {\"a\":1,\"b\":2}",
        "message {\"message\":\".\"} | {\"message\":\".\"}",
        "anything [1,0.10] | [1,0.10]",
        "add {\"mine\":1} | {\"mine\":1}",
      })
  void makesThePayload(String line, String payload) throws Exception {
    var words = Services.words(line);

    var made = Services.payload(words.get(0), words.subList(1, words.size()));

    assertThat(Json.write(made)).isEqualTo(payload);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "calculator.add | a is missing. It is: calculator.add A B",
        "calculator.add 1 | b is missing. It is: calculator.add A B",
        "calculator.add 1 x | b: \"x\" is no number, such as 10, -2.5 or 1e3. It is: calculator.add A B",
        "calculator.add 1 1,5 | b: \"1,5\" is no number; write 1.5. It is: calculator.add A B",
        "calculator.add NaN 1 | a: \"NaN\" is no number",
        "calculator.add 1 2 3 | \"3\" is one too many. It is: calculator.add A B",
        "calculator.logarithm | It is: calculator.logarithm VALUE [BASE]",
        "calculator.mean | It is: calculator.mean NUMBER...",
        "directory.search | name is missing",
        "system.info now | \"now\" is one too many",
        "message | its payload is missing: message '{\"name\": \"value\"}'",
        "message Hello | the payload is no JSON: line 1",
        "calculator.ad 10 5 | Only these need no JSON: calculator.add, calculator.subtract",
        "system.inf | calculator.mean, directory.search, system.info",
        "message {\"a\":1 | the payload is no JSON",
        "message {} {} | its payload is one argument, in quotes",
        "add 10 5 | add is its name in the menu. It is: calculator.add A B",
        "search jo\u00e3o | It is: directory.search NAME",
        "info | It is: system.info",
        "calculator.add {\"a\" | the payload is no JSON",
      })
  void saysWhatIsWrong(String line, String reason) {
    var words = Services.words(line);

    assertThatThrownBy(() -> Services.payload(words.get(0), words.subList(1, words.size())))
        .isInstanceOf(BadArgument.class)
        .hasMessageContaining(reason);
  }

  @Test
  void readsWordsOrJsonFromText() throws Exception {
    assertThat(Json.write(Services.payload("calculator.mean", "1\n2\n3\n")))
        .isEqualTo("{\"numbers\":[1,2,3]}");
    assertThat(Json.write(Services.payload("calculator.mean", " {\"numbers\": []}\n")))
        .isEqualTo("{\"numbers\":[]}");
    assertThat(Json.write(Services.payload("other", "{\"a\":\n1}"))).isEqualTo("{\"a\":1}");
    assertThatThrownBy(() -> Services.payload("other", " ")).hasMessage("the payload is empty");
  }

  @Test
  void showsEachServiceOnce() {
    assertThat(Services.forms().stream().map(Form::name).toList())
        .isEqualTo(
            List.of(
                "add",
                "subtract",
                "multiply",
                "divide",
                "power",
                "logarithm",
                "mean",
                "search",
                "info"));
  }
}
