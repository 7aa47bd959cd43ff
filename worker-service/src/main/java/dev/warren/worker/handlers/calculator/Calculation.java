package dev.warren.worker.handlers.calculator;

import dev.warren.contract.TaskType;
import dev.warren.contract.calculator.NumberResult;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import java.math.BigDecimal;
import java.util.function.Function;

/** One of the operations, as the work of its type. */
record Calculation<P>(
    TaskType<P, NumberResult> type, Function<P, String> description, Operation<P> operation)
    implements TaskHandler<P, NumberResult> {

  /** What is computed of a payload. */
  interface Operation<P> {
    BigDecimal of(P payload) throws PermanentFailure;
  }

  @Override
  public String describe(P payload) {
    return description.apply(payload);
  }

  @Override
  public NumberResult handle(P payload, TaskContext context) throws PermanentFailure {
    return new NumberResult(operation.of(payload));
  }
}
