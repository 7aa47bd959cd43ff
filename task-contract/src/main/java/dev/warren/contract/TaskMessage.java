package dev.warren.contract;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task on its way. On the wire the body is the payload and nothing else; the rest is AMQP's own
 * properties and headers, as {@code message-task.json} beside this class shows.
 *
 * @param id {@code message_id}; a UUID of version 7 where Warren made it
 * @param type {@code type}, which names the handler
 * @param queue key of the queue it belongs to
 * @param createdAt when it was accepted, in milliseconds
 * @param payload JSON in UTF-8; its shape is the type's
 * @param origin where it comes from
 */
@SuppressWarnings("ArrayRecordComponent") // two deliveries are never equal, nor should they be
public record TaskMessage(
    String id,
    String type,
    String queue,
    Instant createdAt,
    Execution execution,
    TaskOptions options,
    ReplyAddress reply,
    byte[] payload,
    Origin origin) {

  /** A task that comes from nobody knows where. */
  public TaskMessage(
      String id,
      String type,
      String queue,
      Instant createdAt,
      Execution execution,
      TaskOptions options,
      ReplyAddress reply,
      byte[] payload) {
    this(id, type, queue, createdAt, execution, options, reply, payload, Origin.UNKNOWN);
  }

  /** A new task that asks for nothing beyond its type's defaults. */
  public static TaskMessage of(
      String id, String type, String queue, Instant createdAt, byte[] payload) {
    return new TaskMessage(
        id,
        type,
        queue,
        createdAt,
        Execution.FIRST,
        TaskOptions.NONE,
        ReplyAddress.NOBODY,
        payload);
  }

  /** The same task, of another execution. */
  public TaskMessage at(Execution other) {
    return new TaskMessage(id, type, queue, createdAt, other, options, reply, payload, origin);
  }

  /** The same task, asking for something else. */
  public TaskMessage with(TaskOptions other) {
    return new TaskMessage(id, type, queue, createdAt, execution, other, reply, payload, origin);
  }

  /** The same task, from there. */
  public TaskMessage with(Origin other) {
    return new TaskMessage(id, type, queue, createdAt, execution, options, reply, payload, other);
  }

  /** Name of the API key that it was sent with, where there was one. */
  public @Nullable String createdBy() {
    return origin.createdBy();
  }

  /** What it is a part of, where whoever made it said so. */
  public @Nullable TraceParent trace() {
    return origin.trace();
  }

  TaskMessage with(byte[] otherPayload) {
    return new TaskMessage(
        id, type, queue, createdAt, execution, options, reply, otherPayload, origin);
  }

  /** To its queue, to be done as soon as a worker is free. */
  public WireMessage toQueue() {
    return to(queue);
  }

  /** To the ledger alone, which sends it to its queue when it is due. */
  public WireMessage toSchedule() {
    return to(TaskTopology.SCHEDULED_KEY);
  }

  private WireMessage to(String routingKey) {
    var headers = new LinkedHashMap<String, Object>();
    TaskHeaderCodec.write(this, headers);
    return wire(TaskTopology.TASKS_EXCHANGE, routingKey, headers, payload);
  }

  WireMessage wire(
      String exchange, String routingKey, LinkedHashMap<String, Object> headers, byte[] body) {
    return new WireMessage(
        exchange,
        routingKey,
        id,
        type,
        createdAt,
        options.priority(),
        reply.replyTo(),
        reply.correlationId(),
        headers,
        body);
  }

  /**
   * Reads what any client may have sent. A header that is missing or makes no sense is as if it
   * were not there.
   *
   * @param message with an id and a type
   * @param receivedAt stands for the time of a message that tells none
   * @throws NullPointerException where it has no id or no type
   */
  public static TaskMessage from(WireMessage message, Instant receivedAt) {
    var headers = new TaskHeaderCodec(message.headers());
    var createdAt =
        headers
            .instant(TaskHeaders.CREATED_AT)
            .or(() -> Optional.ofNullable(message.timestamp()).filter(TaskHeaderCodec::makesSense))
            .orElse(receivedAt);
    return new TaskMessage(
        Objects.requireNonNull(message.messageId()),
        Objects.requireNonNull(message.type()),
        queueOf(message.routingKey(), headers),
        createdAt,
        headers.execution(),
        headers.options(message.priority()),
        new ReplyAddress(
            headers.caller().orElse(ReplyAddress.NO_CALLER),
            message.replyTo(),
            message.correlationId()),
        message.body(),
        headers.origin());
  }

  /** A task is in the queue it was sent to, whatever it says; elsewhere it waits or is dead. */
  private static String queueOf(String routingKey, TaskHeaderCodec headers) {
    return TaskTopology.isKeyOfTasks(routingKey)
        ? routingKey
        : headers.queue().orElse(TaskTopology.DEFAULT_KEY);
  }
}
