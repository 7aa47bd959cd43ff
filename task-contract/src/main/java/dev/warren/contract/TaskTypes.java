package dev.warren.contract;

import java.util.List;
import java.util.Optional;

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

  /** All of them, by name. */
  public static final List<TaskType<?, ?>> ALL = List.of(CHAOS, HTTP, MESSAGE);

  private TaskTypes() {}

  public static Optional<TaskType<?, ?>> named(String name) {
    return ALL.stream().filter(type -> type.name().equals(name)).findFirst();
  }
}
