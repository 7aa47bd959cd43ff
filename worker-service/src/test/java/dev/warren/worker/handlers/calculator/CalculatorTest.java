package dev.warren.worker.handlers.calculator;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.warren.contract.PayloadReader;
import dev.warren.contract.calculator.NumberResult;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TestContext;
import jakarta.validation.Validation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** From the payload's JSON to the result's. */
class CalculatorTest {

  private static final PayloadReader READER =
      PayloadReader.tolerant(Validation.buildDefaultValidatorFactory().getValidator());

  private static final CalculatorConfiguration BEANS = new CalculatorConfiguration();

  private static final Map<String, Calculation<?>> OPERATIONS =
      Stream.of(
              BEANS.addition(),
              BEANS.subtraction(),
              BEANS.multiplication(),
              BEANS.division(),
              BEANS.power(),
              BEANS.logarithm(),
              BEANS.mean())
          .collect(
              toMap(each -> each.type().name().replace("calculator.", ""), Function.identity()));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10 | 5 | 15 | 5 | 50 | 2",
        "0.1 | 0.2 | 0.3 | -0.1 | 0.02 | 0.5",
        "1.50 | 1.50 | 3 | 0 | 2.25 | 1",
        "-7 | 2 | -5 | -9 | -14 | -3.5",
        "0 | 3 | 3 | -3 | 0 | 0",
        "0e-300 | -0e300 | 0 | 0 | 0 | division-by-zero",
        "1 | 3 | 4 | -2 | 3 | 0.3333333333333333333333333333333333",
        "2 | 3 | 5 | -1 | 6 | 0.6666666666666666666666666666666667",
        "1e30 | 1 | 1000000000000000000000000000001 | 999999999999999999999999999999"
            + " | 1000000000000000000000000000000 | 1000000000000000000000000000000",
        "1e200 | 1e-150 | %s | %s | 100000000000000000000000000000000000000000000000000 | 1E+350",
        "1e300 | -1e300 | 0 | 2E+300 | number-out-of-range | -1",
        "1e-300 | 1e-300 | 2E-300 | 0 | number-out-of-range | 1",
        "9e400 | 9e400 | number-out-of-range | 0 | number-out-of-range | 1",
        "12345678901234567890.123456789 | 1 | 12345678901234567891.123456789"
            + " | 12345678901234567889.123456789 | 12345678901234567890.123456789"
            + " | 12345678901234567890.123456789",
      })
  void addsSubtractsMultipliesAndDivides(
      String a, String b, String sum, String difference, String product, String quotient) {
    var payload = "{\"a\": %s, \"b\": %s}".formatted(a, b);

    assertAnswer(
        "add", payload, sum.replace("%s", "1" + "0".repeat(199) + "0." + "0".repeat(149) + "1"));
    assertAnswer(
        "subtract", payload, difference.replace("%s", "9".repeat(200) + "." + "9".repeat(150)));
    assertAnswer("multiply", payload, product);
    assertAnswer("divide", payload, quotient);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 10, 1024",
    "2, 0, 1",
    "0, 0, 1",
    "0, 5, 0",
    "0, 0.5, 0",
    "0, 1e400, 0",
    "0, -1, division-by-zero",
    "0, -0.5, division-by-zero",
    "-2, 3, -8",
    "-2, 4, 16",
    "2, -2, 0.25",
    "-2, -3, -0.125",
    "3, -1, 0.3333333333333333333333333333333333",
    "1.5, 2.0, 2.25",
    "1.1, 30, 17.449402268886407318558803753801",
    "10, 24, 1000000000000000000000000",
    "10, 99, %s",
    "10, 100, 1E+100",
    "10, 400, 1E+400",
    "10, -400, 1E-400",
    "10, 401, number-out-of-range",
    "10, -401, number-out-of-range",
    "0.1, 20, 1E-20",
    "1.00000000000000001, 100000000000000000.5, 2.718281828459045",
    "2, 0.5, 1.4142135623730951",
    "4, 0.5, 2",
    "4, -0.5, 0.5",
    "1e400, 0.5, 1E+200",
    "1e-400, 0.5, 1E-200",
    "1e400, -0.25, 1E-100",
    "4e-320, 0.5, 2E-160",
    "1e400, 1.5, number-out-of-range",
    "1e-400, 1.5, number-out-of-range",
    "2, 1000.5, 1.5153420044823246E+301",
    "2, 1024.5, number-out-of-range",
    "2, -1080.5, number-out-of-range",
    "-4, 0.5, power-undefined",
    "-8, 1e-1, power-undefined",
    "9, 999999999, number-out-of-range",
    "9, -999999999, number-out-of-range",
    "-9.99, 9.99e400, number-out-of-range",
    "0.5, 1e400, number-out-of-range",
    "1, 1e400, 1",
    "-1, 1e400, 1",
    "-1, 999999999999999999999, -1",
    "1.0000000001, 1e10, number-out-of-range",
    "1.00000001, 100000000, 2.718281814867636217652977243009177",
    "0.99999999, -100000000, 2.718281842050454502243431975108651",
  })
  void raises(String base, String exponent, String answer) {
    assertAnswer(
        "power",
        "{\"base\": %s, \"exponent\": %s}".formatted(base, exponent),
        answer.replace("%s", "1" + "0".repeat(99)));
  }

  @Test
  void raisesExactly_whileThePowerIsOfNinehundredDigits() throws Exception {
    assertThat(answer("power", "{\"base\": 2, \"exponent\": 1300}"))
        .isEqualTo(BigInteger.TWO.pow(1300).toString());
    assertThat(value("power", "{\"base\": 1.0000001, \"exponent\": 128}"))
        .isEqualByComparingTo(new BigDecimal("1.0000001").pow(128));
    assertThat(value("power", "{\"base\": 1.0000001, \"exponent\": 129}"))
        .isEqualByComparingTo(new BigDecimal("1.0000001").pow(129).round(MathContext.DECIMAL128));
  }

  @ParameterizedTest
  @CsvSource({
    "1, , 0",
    "1, 7, 0",
    "2.718281828459045, , 1",
    "10, , 2.302585092994046",
    "1000, 10, 3",
    "0.001, 10, -3",
    "1e400, 10, 400",
    "1e-400, 10, -400",
    "1e400, , 921.0340371976183",
    "1e-400, , -921.0340371976183",
    "8, 2, 3",
    "536870912, 2, 29",
    "0.125, 2, -3",
    "8, 0.5, -3",
    "5, 10, 0.6989700043360187",
    "2, 4, 0.5",
    "1.000000000000000000000000000000000000000000000000001, , 1E-51",
    "2, 1.000000000000000000000000000000000000000000000000001, 693147180559945300000000000000000000000000000000000",
    "0, , logarithm-undefined",
    "-1, , logarithm-undefined",
    "0.0, 10, logarithm-undefined",
    "5, 1, logarithm-undefined",
    "5, 1.00, logarithm-undefined",
    "5, 0, logarithm-undefined",
    "5, -2, logarithm-undefined",
  })
  void takesLogarithms(String value, String base, String answer) {
    var payload =
        base == null
            ? "{\"value\": %s}".formatted(value)
            : "{\"value\": %s, \"base\": %s}".formatted(value, base);
    assertAnswer("logarithm", payload, answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | 5",
        "1, 2, 3, 4 | 2.5",
        "0.1, 0.2, 0.3 | 0.2",
        "1, 1, 2 | 1.333333333333333333333333333333333",
        "9e400, 9e400 | 9E+400",
        "1e400, -1e400, 3e-400 | 1E-400",
        "1e400, -1e400, 1e-400 | number-out-of-range",
        "1, -1 | 0",
        "'' | empty-list",
      })
  void takesTheMean(String numbers, String answer) {
    assertAnswer("mean", "{\"numbers\": [%s]}".formatted(numbers), answer);
  }

  /** In milliseconds, but a test must not say so; what is to be refused would take hours. */
  @ParameterizedTest
  @MethodSource("costly")
  void isDoneInNoTime(String operation, String payload) {
    assertTimeoutPreemptively(Duration.ofSeconds(120), () -> answer(operation, payload));
  }

  static Stream<Arguments> costly() {
    var mixed = IntStream.range(0, 10_000).mapToObj(i -> "7e" + (i % 801 - 400)).toList();
    var nearOne = "1." + "0".repeat(70) + "7".repeat(29);
    return Stream.of(
        arguments("add", "{\"a\": 1e400, \"b\": 0e-400}"),
        arguments("mean", "{\"numbers\": %s}".formatted(mixed)),
        arguments("power", "{\"base\": %s, \"exponent\": 999999999}".formatted(nearOne)),
        arguments("power", "{\"base\": %s, \"exponent\": -999999999}".formatted(nearOne)));
  }

  @RepeatedTest(20)
  void holdsWhatIsTrueOfNumbers(RepetitionInfo seed) throws Exception {
    var random = new Random(seed.getCurrentRepetition());
    for (var i = 0; i < 100; i++) {
      var a = number(random);
      var b = number(random);
      var sum = value("add", operands(a, b));
      assertThat(sum).isEqualTo(value("add", operands(b, a)));
      assertThat(Arithmetic.subtract(sum, b)).isEqualByComparingTo(a);
      var product = value("multiply", operands(a, b));
      assertThat(product).isEqualTo(value("multiply", operands(b, a)));
      assertThat(Arithmetic.divide(product, b).subtract(a).abs())
          .isLessThanOrEqualTo(a.abs().scaleByPowerOfTen(-33));
      assertThat(value("power", "{\"base\": %s, \"exponent\": 2}".formatted(a)))
          .isEqualTo(value("multiply", operands(a, a)));
      var mean = value("mean", "{\"numbers\": %s}".formatted(List.of(a, b)));
      assertThat(mean)
          .isEqualByComparingTo(sum.multiply(new BigDecimal("0.5")).round(MathContext.DECIMAL128));
    }
  }

  @Test
  void saysWhatItDoes_inShort() {
    assertThat(BEANS.division().describe(read("{\"a\": 1e2, \"b\": 3.50}", BEANS.division())))
        .isEqualTo("1E+2 / 3.50");
    assertThat(BEANS.mean().describe(read("{\"numbers\": [1, 2]}", BEANS.mean())))
        .isEqualTo("of 2 numbers");
    assertThat(BEANS.logarithm().describe(read("{\"value\": 2}", BEANS.logarithm())))
        .isEqualTo("log 2");
    assertThat(BEANS.logarithm().describe(read("{\"value\": 2, \"base\": 10}", BEANS.logarithm())))
        .isEqualTo("log 2 to base 10");
  }

  private static BigDecimal number(Random random) {
    var digits = new BigInteger(1 + random.nextInt(300), random).add(BigInteger.ONE);
    var number = new BigDecimal(digits, random.nextInt(200) - 50);
    return random.nextBoolean() ? number : number.negate();
  }

  private static String operands(BigDecimal a, BigDecimal b) {
    return "{\"a\": %s, \"b\": %s}".formatted(a, b);
  }

  private static void assertAnswer(String operation, String payload, String expected) {
    if (Character.isLetter(expected.charAt(0))) {
      assertThatExceptionOfType(PermanentFailure.class)
          .as(operation + payload)
          .isThrownBy(() -> answer(operation, payload))
          .satisfies(failure -> assertThat(failure.code()).hasValue(expected));
    } else {
      try {
        assertThat(answer(operation, payload)).as(operation + payload).isEqualTo(expected);
      } catch (Exception e) {
        throw new AssertionError(operation + payload, e);
      }
    }
  }

  private static BigDecimal value(String operation, String payload) throws Exception {
    return new BigDecimal(answer(operation, payload));
  }

  /** The number as it stands in the result's JSON. */
  private static String answer(String operation, String payload) throws Exception {
    var json = JsonMapper.shared().writeValueAsString(handle(OPERATIONS.get(operation), payload));
    assertThat(json).matches("\\{\"value\":[-+.0-9E]{1,999}}");
    return json.substring(9, json.length() - 1);
  }

  private static <P> NumberResult handle(Calculation<P> calculation, String payload)
      throws Exception {
    return calculation.handle(read(payload, calculation), TestContext.ofAttempt(1));
  }

  private static <P> P read(String payload, Calculation<P> calculation) {
    try {
      return READER.read(payload.getBytes(StandardCharsets.UTF_8), calculation.type().payload());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
