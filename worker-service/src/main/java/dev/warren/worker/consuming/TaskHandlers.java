package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;
import dev.warren.contract.TaskMessage;
import dev.warren.worker.handlers.InvalidPayload;
import dev.warren.worker.handlers.TaskHandler;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** The handlers by their type. */
final class TaskHandlers {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(LogicalType.Textual, TaskHandlers::takeTextOnly)
          .build();

  private final Map<String, TaskHandler<?>> byType = new HashMap<>();

  TaskHandlers(Collection<? extends TaskHandler<?>> handlers) {
    for (var handler : handlers) {
      var other = byType.putIfAbsent(handler.type(), handler);
      if (other != null) {
        throw new IllegalStateException(
            "two handlers of type %s: %s and %s"
                .formatted(
                    handler.type(), other.getClass().getName(), handler.getClass().getName()));
      }
    }
  }

  /** A task's work, ready to be done. */
  interface Work {

    String description();

    /**
     * Does it.
     *
     * @throws Unprocessable where the payload makes no sense to the handler
     * @throws Exception what the handler threw
     */
    void run() throws Exception;
  }

  /**
   * Finds the handler and binds the payload.
   *
   * @throws Unprocessable where there is no handler or the payload is not its type's
   */
  Work workOf(TaskMessage task) throws Unprocessable {
    var handler = byType.get(task.type());
    if (handler == null) {
      throw new Unprocessable(
          DeadReason.UNKNOWN_TYPE, "no handler for it; there are " + byType.keySet());
    }
    return workOf(handler, task.payload());
  }

  private static <P> Work workOf(TaskHandler<P> handler, byte[] body) throws Unprocessable {
    var payload = bind(body, handler.payloadType());
    return new Work() {
      @Override
      public String description() {
        return handler.describe(payload);
      }

      @Override
      public void run() throws Exception {
        try {
          handler.handle(payload);
        } catch (InvalidPayload e) {
          throw invalid(String.valueOf(e.getMessage()));
        }
      }
    };
  }

  private static <P> P bind(byte[] payload, Class<P> type) throws Unprocessable {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      var bound = JSON.readValue(text, type);
      if (bound == null) {
        throw invalid("the body is null");
      }
      return bound;
    } catch (CharacterCodingException e) {
      throw invalid("the body is not UTF-8");
    } catch (JacksonException e) {
      var reason = e.getOriginalMessage().replaceFirst("\\s*\\(but .*", ""); // Jackson's own advice
      throw invalid("the body does not fit the type: " + reason);
    }
  }

  private static void takeTextOnly(MutableCoercionConfig text) {
    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
  }

  private static Unprocessable invalid(String detail) {
    return new Unprocessable(DeadReason.INVALID_PAYLOAD, detail);
  }
}
