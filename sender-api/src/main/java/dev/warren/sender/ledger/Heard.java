package dev.warren.sender.ledger;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.WireMessage;
import dev.warren.sender.ledger.database.Columns;
import dev.warren.sender.ledger.database.Text;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one message says of a task.
 *
 * @param task as far as the message tells
 * @param carriesTask whether the payload is there, and all else that never changes
 * @param kind of an event; null of a copy
 * @param event where it is one, or as good as one
 * @param deadReason of a buried task
 */
public record Heard(
    TaskMessage task,
    boolean carriesTask,
    TaskEvent.@Nullable Kind kind,
    @Nullable TaskEvent event,
    boolean scheduled,
    @Nullable String deadReason) {

  /** What the broker says nothing of: it gave up on its own. */
  static final String DROPPED_BY_BROKER = "dropped-by-broker";

  private static final String UNKNOWN_TYPE = "unknown";

  /** Of a message from the ledger's queue; empty where nobody could tell which task it is about. */
  public static Optional<Heard> from(WireMessage message, Instant now) {
    if (isMissing(message.messageId()) || isMissing(message.type())) {
      return Optional.empty();
    }
    if (message.exchange().equals(TaskTopology.EVENTS_EXCHANGE)) {
      return TaskEvent.from(message, now).map(event -> of(event, message));
    }
    var scheduled = message.routingKey().equals(TaskTopology.SCHEDULED_KEY);
    var task = mended(TaskMessage.from(message, now), message);
    return Optional.of(new Heard(task, true, null, null, scheduled, null));
  }

  private static Heard of(TaskEvent event, WireMessage message) {
    var tellsAll = message.headers().containsKey(TaskHeaders.CREATED_AT);
    var carriesTask = tellsAll && event.task().payload().length > 0;
    var task = mended(event.task(), message);
    return new Heard(task, carriesTask, event.kind(), event, false, null);
  }

  /** Of a message from the queue of buried tasks; gives an id to what has none. */
  public static Heard buried(WireMessage message, Instant now) {
    var complete = identified(message);
    var task = mended(TaskMessage.from(complete, now), complete);
    var reason = text(message, TaskHeaders.DEAD_REASON).orElse(DROPPED_BY_BROKER);
    var failure =
        new TaskFailure(
            reason, text(message, TaskHeaders.DEAD_DETAIL).orElse(""), true, false, null);
    var event =
        new TaskEvent(
            TaskEvent.Kind.DEAD,
            task,
            1,
            text(message, TaskHeaders.DEAD_WORKER).orElse(null),
            null,
            null,
            failure,
            null,
            task.payload());
    return new Heard(task, true, TaskEvent.Kind.DEAD, event, false, reason);
  }

  /** The same message gets the same id each time, so that a redelivery makes no second task. */
  private static WireMessage identified(WireMessage message) {
    var id = message.messageId();
    var type = message.type();
    return new WireMessage(
        message.exchange(),
        message.routingKey(),
        id == null || id.isEmpty() ? idOf(message).toString() : id,
        type == null || type.isEmpty() ? UNKNOWN_TYPE : type,
        message.timestamp(),
        message.priority(),
        message.replyTo(),
        message.correlationId(),
        message.headers(),
        message.body());
  }

  private static UUID idOf(WireMessage message) {
    var headers = new TreeMap<>(message.headers());
    headers.keySet().removeIf(name -> name.startsWith("x-")); // the broker's, of each delivery
    var all =
        String.join(
            "\n",
            String.valueOf(message.type()),
            String.valueOf(message.timestamp()),
            String.valueOf(message.correlationId()),
            headers.toString(),
            new String(message.body(), StandardCharsets.ISO_8859_1));
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8));
  }

  /** The task with a queue that there may be, since it may have to be published again. */
  private static TaskMessage mended(TaskMessage task, WireMessage message) {
    var queue =
        Optional.of(message.routingKey()) // where it is, whatever it says
            .filter(TaskTopology::isKeyOfTasks)
            .or(() -> text(message, TaskHeaders.QUEUE).filter(TaskTopology::isKeyOfTasks))
            .or(() -> TaskTypes.named(task.type()).map(TaskType::queue))
            .orElse(TaskTopology.DEFAULT_KEY);
    return new TaskMessage(
        Text.fit(task.id(), Columns.TEXT),
        Text.fit(task.type(), Columns.TEXT),
        queue,
        task.createdAt(),
        task.execution(),
        task.options(),
        task.reply(),
        task.payload(),
        task.origin());
  }

  /** When the newest of these happened; null where none tells. */
  public static @Nullable Instant newest(List<Heard> batch) {
    return batch.stream()
        .map(Heard::happenedAt)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private @Nullable Instant happenedAt() {
    if (event != null) {
      return event.endedAt() != null ? event.endedAt() : event.startedAt();
    }
    return task.execution().equals(Execution.FIRST) ? task.createdAt() : null;
  }

  private static Optional<String> text(WireMessage message, String header) {
    Map<String, Object> headers = message.headers();
    return Optional.ofNullable(headers.get(header)).map(Object::toString);
  }

  private static boolean isMissing(@Nullable String text) {
    return text == null || text.isEmpty();
  }
}
