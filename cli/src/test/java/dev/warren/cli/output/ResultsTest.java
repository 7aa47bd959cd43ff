package dev.warren.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"value\": 15} | 15",
        "{\"value\": 3.333333333333333333333333333333333} | 3.333333333333333333333333333333333",
        "{\"value\": 1E+3} | 1000",
        "{\"value\": 1E-3} | 0.001",
        "{\"value\": 2.50} | 2.50",
        "{\"value\": 1E+400} | 1E+400",
        "{\"value\": 123456789012345678901234567890} | 123456789012345678901234567890",
        "\"text\" | text",
        "true | true",
        "[] | no results",
        "{\"matches\": []} | no matches",
      })
  void showsTheValueItself(String result, String shown) {
    assertThat(Results.text(Json.read(result))).isEqualTo(shown);
  }

  @Test
  void showsRowsAsATable() {
    var result =
        Json.read(
            """
            {"matches": [{"name": "Jo\u00e3o", "age": 31, "city": "Porto"},
                         {"name": "Joana Silva", "age": 8, "note": null}]}
            """);

    assertThat(Results.text(result))
        .isEqualTo(
            """
            name         age  city   note
            Jo\u00e3o         31   Porto
            Joana Silva  8""");
  }

  @Test
  void showsFieldsOneALine() {
    assertThat(Results.text(Json.read("{\"os\": \"Linux\", \"cores\": 2}")))
        .isEqualTo("os     Linux\ncores  2");
  }

  @Test
  void showsEverythingElseAsJson() {
    assertThat(Results.text(Json.read("{\"a\": {\"b\": [1]}}"))).contains("\"a\" : {");
  }

  @Test
  void obeysNothing() {
    var evil = "\\u001b[2J\\u009b";

    for (var result :
        new String[] {
          "\"%s\"",
          "{\"%s\": []}",
          "{\"a\": \"%s\"}",
          "[{\"%s\": \"%s\"}]",
          "{\"a\": [\"%s\"]}",
          "{\"%s\": 1, \"b\": \"%s\"}"
        }) {
      assertThat(Results.text(Json.read(result.replace("%s", evil))))
          .contains("\\u009b")
          .doesNotContain("\u001b", "\u009b");
    }
  }
}
