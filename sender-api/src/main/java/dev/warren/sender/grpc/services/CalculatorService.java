package dev.warren.sender.grpc.services;

import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.calculator.NumberResult;
import dev.warren.grpc.v1.CalculatorGrpc.CalculatorImplBase;
import dev.warren.grpc.v1.LogarithmRequest;
import dev.warren.grpc.v1.MeanRequest;
import dev.warren.grpc.v1.Operands;
import dev.warren.grpc.v1.PowerRequest;
import dev.warren.grpc.v1.Value;
import io.grpc.stub.StreamObserver;

/** {@code warren.v1.Calculator}. */
final class CalculatorService extends CalculatorImplBase {

  private final ServiceCalls calls;

  CalculatorService(ServiceCalls calls) {
    this.calls = calls;
  }

  @Override
  public void add(Operands request, StreamObserver<Value> answer) {
    compute(TaskTypes.ADD, request, answer);
  }

  @Override
  public void subtract(Operands request, StreamObserver<Value> answer) {
    compute(TaskTypes.SUBTRACT, request, answer);
  }

  @Override
  public void multiply(Operands request, StreamObserver<Value> answer) {
    compute(TaskTypes.MULTIPLY, request, answer);
  }

  @Override
  public void divide(Operands request, StreamObserver<Value> answer) {
    compute(TaskTypes.DIVIDE, request, answer);
  }

  @Override
  public void power(PowerRequest request, StreamObserver<Value> answer) {
    var numbers =
        new Numbers().with("base", request.getBase()).with("exponent", request.getExponent());
    compute(TaskTypes.POWER, numbers, answer);
  }

  @Override
  public void logarithm(LogarithmRequest request, StreamObserver<Value> answer) {
    var numbers = new Numbers().with("value", request.getValue());
    if (request.hasBase()) {
      numbers.with("base", request.getBase());
    }
    compute(TaskTypes.LOGARITHM, numbers, answer);
  }

  @Override
  public void mean(MeanRequest request, StreamObserver<Value> answer) {
    compute(TaskTypes.MEAN, new Numbers().with("numbers", request.getNumbersList()), answer);
  }

  private void compute(
      TaskType<?, NumberResult> type, Operands request, StreamObserver<Value> answer) {
    var numbers = new Numbers().with("a", request.getA()).with("b", request.getB());
    compute(type, numbers, answer);
  }

  private void compute(
      TaskType<?, NumberResult> type, Numbers numbers, StreamObserver<Value> answer) {
    calls.call(type, numbers::json, CalculatorService::valueOf, answer);
  }

  private static Value valueOf(NumberResult result) {
    return Value.newBuilder().setValue(result.value().toString()).build();
  }
}
