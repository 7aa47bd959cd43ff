package dev.warren.contract;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.warren.contract.calculator.LogarithmPayload;
import dev.warren.contract.calculator.NumberResult;
import dev.warren.contract.calculator.NumbersPayload;
import dev.warren.contract.calculator.OperandsPayload;
import dev.warren.contract.calculator.PowerPayload;
import dev.warren.contract.directory.SearchPayload;
import dev.warren.contract.directory.SearchResult;
import dev.warren.contract.system.InfoPayload;
import dev.warren.contract.system.InfoResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The types that the API and the workers of this repository know. */
public final class TaskTypes {

  /** A second of work for each dot. */
  public static final TaskType<MessagePayload, Void> MESSAGE =
      TaskType.of("message", MessagePayload.class, Void.class);

  /** Fails on purpose, for demonstrations and tests. */
  public static final TaskType<ChaosPayload, ChaosResult> CHAOS =
      TaskType.of("chaos", ChaosPayload.class, ChaosResult.class);

  /** A call of a URL. */
  public static final TaskType<HttpPayload, HttpResult> HTTP =
      TaskType.of("http", HttpPayload.class, HttpResult.class);

  /** Exact. */
  public static final TaskType<OperandsPayload, NumberResult> ADD =
      calculator("add", OperandsPayload.class);

  /** Exact. */
  public static final TaskType<OperandsPayload, NumberResult> SUBTRACT =
      calculator("subtract", OperandsPayload.class);

  /** Exact. */
  public static final TaskType<OperandsPayload, NumberResult> MULTIPLY =
      calculator("multiply", OperandsPayload.class);

  /** To 34 digits, half to even. */
  public static final TaskType<OperandsPayload, NumberResult> DIVIDE =
      calculator("divide", OperandsPayload.class);

  /** Exact or to 34 digits; as double where the exponent is no whole number. */
  public static final TaskType<PowerPayload, NumberResult> POWER =
      calculator("power", PowerPayload.class);

  /** As double. */
  public static final TaskType<LogarithmPayload, NumberResult> LOGARITHM =
      calculator("logarithm", LogarithmPayload.class);

  /** The arithmetic mean: an exact sum, divided to 34 digits. */
  public static final TaskType<NumbersPayload, NumberResult> MEAN =
      calculator("mean", NumbersPayload.class);

  /** People by their names. */
  public static final TaskType<SearchPayload, SearchResult> SEARCH =
      on("directory", "directory.search", SearchPayload.class, SearchResult.class);

  /** What the worker runs on. */
  public static final TaskType<InfoPayload, InfoResult> INFO =
      on("system", "system.info", InfoPayload.class, InfoResult.class);

  /** All of them, by name. */
  public static final List<TaskType<?, ?>> ALL =
      List.of(
          ADD, DIVIDE, LOGARITHM, MEAN, MULTIPLY, POWER, SUBTRACT, CHAOS, SEARCH, HTTP, MESSAGE,
          INFO);

  private static final Map<String, TaskType<?, ?>> BY_NAME =
      ALL.stream().collect(toUnmodifiableMap(TaskType::name, Function.identity()));

  private TaskTypes() {}

  public static Optional<TaskType<?, ?>> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  private static <P> TaskType<P, NumberResult> calculator(String operation, Class<P> payload) {
    return on("calculator", "calculator." + operation, payload, NumberResult.class);
  }

  private static <P, R> TaskType<P, R> on(
      String queue, String name, Class<P> payload, Class<R> result) {
    return new TaskType<>(name, queue, payload, result, RetryPolicy.DEFAULT);
  }
}
