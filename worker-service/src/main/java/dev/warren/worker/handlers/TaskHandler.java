package dev.warren.worker.handlers;

/**
 * The work of one task type. Make it a bean and the worker takes tasks of its type; it knows
 * nothing of AMQP.
 *
 * <p>The task is acknowledged once {@link #handle} returns. If the worker dies before, the task is
 * delivered again, here or elsewhere: the work must bear being done twice.
 *
 * @param <P> record that the JSON payload is bound to; fields it does not know are ignored
 */
public interface TaskHandler<P> {

  /** Name of the type, the {@code type} property of its messages; no two handlers share one. */
  String type();

  Class<P> payloadType();

  /** What a log line shows of the payload; it is escaped and cut for you. */
  default String describe(P payload) {
    return payload.toString();
  }

  /**
   * Does the work. An interrupt means that the worker is stopping and has waited long enough: let
   * it end the work, and the task is given back.
   *
   * @throws InvalidPayload where the payload makes no sense
   * @throws Exception where the work failed; the task is buried with this reason
   */
  void handle(P payload) throws Exception;
}
