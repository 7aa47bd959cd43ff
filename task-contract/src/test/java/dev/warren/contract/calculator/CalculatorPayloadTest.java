package dev.warren.contract.calculator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.warren.contract.InvalidPayload;
import dev.warren.contract.PayloadReader;
import jakarta.validation.Validation;
import java.math.BigDecimal;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculatorPayloadTest {

  private static final PayloadReader READER =
      PayloadReader.strict(Validation.buildDefaultValidatorFactory().getValidator());

  private static final String OUT_OF_RANGE =
      "must have at most 100 significant digits, and an exponent from -400 to 400";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0.0",
        "0.1",
        "123456789012345678901234567890.123456789012345678901234567890",
        "1.7976931348623157E308",
        "4.9E-324",
        "9.99e400",
        "-1e-400",
      })
  void losesNoDigit(String number) throws Exception {
    var read = read("{\"a\": %s, \"b\": 1}".formatted(number), OperandsPayload.class);

    assertThat(read.a()).isEqualTo(new BigDecimal(number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e401",
        "-1e-401",
        "1e999999999",
        "1e-999999999",
        "0e999999999",
        "1e2147483647",
      })
  void refusesANumberThatIsTooLargeOrTooSmall(String number) {
    assertRefused(operand(number), OperandsPayload.class, "a", OUT_OF_RANGE);
  }

  @Test
  void refusesANumberOfTooManyDigits() throws Exception {
    var longest = "0." + "7".repeat(100);

    assertThat(read(operand(longest), OperandsPayload.class).a())
        .isEqualTo(new BigDecimal(longest));
    assertRefused(operand(longest + "7"), OperandsPayload.class, "a", OUT_OF_RANGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NaN | `` | must fit the type: Non-standard token 'NaN'",
        "-Infinity | `` | must fit the type: Non-standard token '-Infinity'",
        "1. | `` | Decimal point not followed by a digit",
        "\"1\" | a | Cannot coerce String value (\"1\") to BigDecimal value",
        "\"NaN\" | a | Cannot coerce String value (\"NaN\") to BigDecimal value",
        "true | a | Boolean value",
        "[1] | a | Array value",
        "{} | a | Object value",
        "null | a | must not be null",
        "1e99999999999 | a | value exceeds limits",
      })
  void refusesWhatIsNoNumber(String value, String path, String detail) {
    assertRefused(operand(value), OperandsPayload.class, path, detail);
  }

  @Test
  void refusesANumberOfAHundredThousandDigits_beforeItIsOne() {
    assertRefused(
        operand("9".repeat(100_000)),
        OperandsPayload.class,
        "",
        "must fit the type: Number value length (100000) exceeds the maximum allowed (1000)");
  }

  @Test
  void needsBothOperands() {
    assertRefused("{\"a\": 1}", OperandsPayload.class, "b", "must not be null");
    assertRefused("{\"base\": 1}", PowerPayload.class, "exponent", "must not be null");
    assertRefused("{\"base\": 1}", LogarithmPayload.class, "value", "must not be null");
  }

  @Test
  void needsNoBaseOfALogarithm() throws Exception {
    assertThat(read("{\"value\": 1}", LogarithmPayload.class).base()).isNull();
  }

  @Test
  void takesUpTo10000Numbers() throws Exception {
    assertThat(read(numbers("1.5", 10_000), NumbersPayload.class).numbers()).hasSize(10_000);
    assertThat(read("{\"numbers\": []}", NumbersPayload.class).numbers()).isEmpty();
    assertRefused(numbers("1.5", 10_001), NumbersPayload.class, "numbers", "10000");
  }

  @Test
  void namesTheFirstNumberThatIsWrong() {
    assertRefused(
        "{\"numbers\": [1, 2, 1e401, null]}", NumbersPayload.class, "numbers[2]", OUT_OF_RANGE);
    assertRefused(
        "{\"numbers\": [1, null, 3]}", NumbersPayload.class, "numbers[1]", "must not be null");
    assertRefused("{\"numbers\": [1, \"2\"]}", NumbersPayload.class, "numbers[1]", "Cannot coerce");
    assertRefused("{\"numbers\": null}", NumbersPayload.class, "numbers", "must not be null");
  }

  private static String operand(String number) {
    return "{\"a\": %s, \"b\": 1}".formatted(number);
  }

  private static String numbers(String number, int count) {
    return "{\"numbers\": [%s]}".formatted(String.join(",", Collections.nCopies(count, number)));
  }

  private static <P> P read(String json, Class<P> type) throws InvalidPayload {
    return READER.read(json.getBytes(UTF_8), type);
  }

  private static void assertRefused(String json, Class<?> type, String path, String detail) {
    assertThatExceptionOfType(InvalidPayload.class)
        .isThrownBy(() -> read(json, type))
        .satisfies(
            refused ->
                assertThat(refused.violations())
                    .singleElement()
                    .satisfies(
                        it -> {
                          assertThat(it.path()).isEqualTo(path);
                          assertThat(it.detail()).contains(detail).doesNotContain("ALLOW_");
                        }));
  }
}
