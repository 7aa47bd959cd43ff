package dev.warren.worker.handlers.calculator;

import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.calculator.LogarithmPayload;
import dev.warren.contract.calculator.NumberResult;
import dev.warren.contract.calculator.NumbersPayload;
import dev.warren.contract.calculator.OperandsPayload;
import dev.warren.contract.calculator.PowerPayload;
import dev.warren.worker.handlers.calculator.Calculation.Operation;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CalculatorConfiguration {

  @Bean
  Calculation<OperandsPayload> addition() {
    return binary(TaskTypes.ADD, "+", of -> Arithmetic.add(of.a(), of.b()));
  }

  @Bean
  Calculation<OperandsPayload> subtraction() {
    return binary(TaskTypes.SUBTRACT, "-", of -> Arithmetic.subtract(of.a(), of.b()));
  }

  @Bean
  Calculation<OperandsPayload> multiplication() {
    return binary(TaskTypes.MULTIPLY, "*", of -> Arithmetic.multiply(of.a(), of.b()));
  }

  @Bean
  Calculation<OperandsPayload> division() {
    return binary(TaskTypes.DIVIDE, "/", of -> Arithmetic.divide(of.a(), of.b()));
  }

  @Bean
  Calculation<PowerPayload> power() {
    return new Calculation<>(
        TaskTypes.POWER,
        of -> of.base() + " ^ " + of.exponent(),
        of -> Power.of(of.base(), of.exponent()));
  }

  @Bean
  Calculation<LogarithmPayload> logarithm() {
    return new Calculation<>(
        TaskTypes.LOGARITHM,
        of -> "log " + of.value() + baseOf(of.base()),
        of -> Logarithm.of(of.value(), of.base()));
  }

  @Bean
  Calculation<NumbersPayload> mean() {
    return new Calculation<>(
        TaskTypes.MEAN,
        of -> "of " + of.numbers().size() + " numbers",
        of -> Arithmetic.mean(of.numbers()));
  }

  private static Calculation<OperandsPayload> binary(
      TaskType<OperandsPayload, NumberResult> type,
      String sign,
      Operation<OperandsPayload> operation) {
    return new Calculation<>(type, of -> of.a() + " " + sign + " " + of.b(), operation);
  }

  private static String baseOf(@Nullable Object base) {
    return base == null ? "" : " to base " + base;
  }
}
