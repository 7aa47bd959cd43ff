package dev.warren.worker.execution;

import dev.warren.contract.InvalidPayload;
import dev.warren.contract.PayloadReader;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What there is to do for one task: its handler, and its payload bound to the record. */
public final class Work<P, R> {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Kept by the ledger, and shown by the API beside a hundred others. */
  private static final int MAX_RESULT = 1024 * 1024;

  private static final byte[] NO_RESULT = {};

  private final TaskHandler<P, R> handler;
  private final P payload;

  private Work(TaskHandler<P, R> handler, P payload) {
    this.handler = handler;
    this.payload = payload;
  }

  /**
   * Binds the payload.
   *
   * @throws InvalidPayload naming each field at fault
   */
  public static <P, R> Work<P, R> of(
      TaskHandler<P, R> handler, byte[] payload, PayloadReader payloads) throws InvalidPayload {
    return new Work<>(handler, payloads.read(payload, handler.type().payload()));
  }

  /** For a log line; a handler that fails at describing may still do the work. */
  public String description() {
    try {
      return handler.describe(payload);
    } catch (Throwable e) { // also an Error
      return "(no description: " + e.getClass().getSimpleName() + ")";
    }
  }

  /** Does it and answers the result as JSON. */
  byte[] execute(TaskContext context) throws Exception {
    var result = handler.handle(payload, context);
    if (result == null) {
      return NO_RESULT;
    }
    var json = json(result);
    if (json.length > MAX_RESULT) {
      throw new PermanentFailure(
          "ResultTooLarge",
          "the result is %,d bytes of JSON, at most %,d are allowed"
              .formatted(json.length, MAX_RESULT));
    }
    return json;
  }

  private static byte[] json(Object result) throws PermanentFailure {
    try {
      return JSON.writeValueAsBytes(result);
    } catch (JacksonException e) {
      throw new PermanentFailure(
          "InvalidResult", "the result is no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
