package dev.warren.contract;

import java.time.Instant;

/**
 * A task on its way to a worker. On the wire the body is the payload and nothing else; the rest is
 * AMQP's own properties, as {@code message-task.json} beside this class shows.
 *
 * @param id {@code message_id}; a UUID of version 7 where Warren made it
 * @param type {@code type}, which names the handler
 * @param queue key of the queue, and so the routing key
 * @param createdAt {@code timestamp}, in whole seconds on the wire
 * @param payload JSON in UTF-8; its shape is the type's
 */
@SuppressWarnings("ArrayRecordComponent") // two deliveries are never equal, nor should they be
public record TaskMessage(String id, String type, String queue, Instant createdAt, byte[] payload) {

  /** {@code content_type} of every task. */
  public static final String CONTENT_TYPE = "application/json";
}
