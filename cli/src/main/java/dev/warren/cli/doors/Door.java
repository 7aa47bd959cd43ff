package dev.warren.cli.doors;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A way into Warren. Tasks and events are JSON as HTTP has them, whatever the way. */
public interface Door extends AutoCloseable {

  /** Has a service answer, and waits that long for it. */
  Reply call(String type, JsonNode payload, Duration wait) throws Refused;

  /**
   * Sends a task, which is answered as it is then, or as it is at its end where that comes in time.
   *
   * @param request as {@code POST /v1/tasks} has it
   */
  JsonNode send(JsonNode request, Duration wait) throws Refused;

  /** A task as it is, or at its end where that comes in time. */
  JsonNode get(String id, Duration wait) throws Refused;

  /**
   * Tells the events of a task until its end; refuses where they break off before it.
   *
   * @param lastId of the event behind which to begin; null for the beginning
   */
  void watch(String id, @Nullable Long lastId, Consumer<JsonNode> events) throws Refused;

  @Override
  void close();
}
