package dev.warren.contract;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a task: a message to {@link TaskTopology#EVENTS_EXCHANGE} with the key {@code
 * task.<kind>.<caller>.<type>} and the task's own properties and headers beside its own, as {@code
 * message-event.json} beside this class shows. The kind is read from the key; a worker in another
 * language needs that, {@code message_id} and {@code type}, and for anything but a first attempt
 * the headers {@code round}, {@code attempt} and {@code dispatch} as they came.
 *
 * @param task what it is about; its payload is there where the event carries it
 * @param delivery which delivery of this execution, from 1
 * @param worker name of the worker, where one is concerned
 * @param startedAt when the work began
 * @param endedAt when the work ended
 * @param failure of a {@link Kind#FAILED} or {@link Kind#DEAD}
 * @param progress of a {@link Kind#PROGRESS}
 * @param body the payload for {@link Kind#FAILED} and {@link Kind#DEAD}, the result for {@link
 *     Kind#SUCCEEDED}, else nothing
 */
@SuppressWarnings("ArrayRecordComponent") // two events are never equal, nor should they be
public record TaskEvent(
    Kind kind,
    TaskMessage task,
    int delivery,
    @Nullable String worker,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable TaskFailure failure,
    @Nullable Progress progress,
    byte[] body) {

  private static final byte[] NOTHING = {};

  /** A foreign type may be long and any text, a routing key not more than 255 bytes. */
  private static final int MAX_TYPE_IN_KEY = 100;

  private static final Pattern NOT_FOR_A_KEY = Pattern.compile("[^A-Za-z0-9._-]");

  /** What an event says. */
  public enum Kind {
    /** A worker is at it; only said of what takes longer than 100 ms. */
    RUNNING,
    /** How far a worker is. */
    PROGRESS,
    /** It is done; the body is the result. */
    SUCCEEDED,
    /** An attempt failed; the body is the payload. The ledger decides what follows. */
    FAILED,
    /** No further attempt; said by the ledger. */
    DEAD,
    /** Someone did not want it any more. */
    CANCELLED,
    /** Its time was over before it was done. */
    EXPIRED;

    /** The second word of the routing key. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Kind> of(String routingKey) {
      var words = routingKey.split("\\.", 3);
      for (var kind : values()) {
        if (words.length > 1 && kind.word().equals(words[1])) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * How far a worker is.
   *
   * @param percent 0 to 100
   * @param note in words, at most {@value #MAX_NOTE} characters
   */
  public record Progress(int percent, @Nullable String note) {

    /** As of a failure's message: it must fit into a frame. */
    public static final int MAX_NOTE = 1000;

    public Progress {
      note = note == null || note.length() <= MAX_NOTE ? note : note.substring(0, MAX_NOTE);
    }
  }

  /** As it is published. */
  public WireMessage toWire() {
    var headers = new LinkedHashMap<String, Object>();
    TaskHeaderCodec.write(task, headers);
    headers.put(TaskHeaders.DELIVERY, delivery);
    if (worker != null) {
      headers.put(TaskHeaders.WORKER, worker);
    }
    TaskHeaderCodec.put(headers, TaskHeaders.STARTED_AT, startedAt);
    TaskHeaderCodec.put(headers, TaskHeaders.ENDED_AT, endedAt);
    if (failure != null) {
      headers.put(TaskHeaders.ERROR_CLASS, failure.errorClass());
      headers.put(TaskHeaders.ERROR_MESSAGE, failure.message());
      headers.put(TaskHeaders.PERMANENT, failure.permanent());
      headers.put(TaskHeaders.TIMED_OUT, failure.timedOut());
      TaskHeaderCodec.put(headers, TaskHeaders.RETRY_AFTER_MS, failure.retryAfter());
    }
    if (progress != null) {
      headers.put(TaskHeaders.PROGRESS_PERCENT, progress.percent());
      if (progress.note() != null) {
        headers.put(TaskHeaders.PROGRESS_NOTE, progress.note());
      }
    }
    return task.wire(TaskTopology.EVENTS_EXCHANGE, routingKey(), headers, body);
  }

  private String routingKey() {
    var cut = task.type().substring(0, Math.min(task.type().length(), MAX_TYPE_IN_KEY));
    var type = NOT_FOR_A_KEY.matcher(cut).replaceAll("_");
    return "task." + kind.word() + "." + task.reply().caller() + "." + type;
  }

  /**
   * Reads what any worker may have sent; empty where the key names no kind of event.
   *
   * @param message with an id and a type
   * @param receivedAt stands for the time of a message that tells none
   * @throws NullPointerException where it has no id or no type
   */
  public static Optional<TaskEvent> from(WireMessage message, Instant receivedAt) {
    return Kind.of(message.routingKey()).map(kind -> from(kind, message, receivedAt));
  }

  private static TaskEvent from(Kind kind, WireMessage message, Instant receivedAt) {
    var headers = new TaskHeaderCodec(message.headers());
    var task = TaskMessage.from(message, receivedAt);
    var carriesPayload = kind == Kind.FAILED || kind == Kind.DEAD;
    return new TaskEvent(
        kind,
        carriesPayload ? task : task.with(NOTHING),
        headers.ordinal(TaskHeaders.DELIVERY),
        headers.text(TaskHeaders.WORKER).orElse(null),
        headers.instant(TaskHeaders.STARTED_AT).orElse(null),
        headers.instant(TaskHeaders.ENDED_AT).orElse(null),
        carriesPayload ? failure(headers) : null,
        kind == Kind.PROGRESS ? progress(headers) : null,
        message.body());
  }

  private static TaskFailure failure(TaskHeaderCodec headers) {
    return new TaskFailure(
        headers.text(TaskHeaders.ERROR_CLASS).orElse("Failure"),
        headers.text(TaskHeaders.ERROR_MESSAGE).orElse(""),
        headers.flag(TaskHeaders.PERMANENT),
        headers.flag(TaskHeaders.TIMED_OUT),
        headers.duration(TaskHeaders.RETRY_AFTER_MS).orElse(null));
  }

  private static Progress progress(TaskHeaderCodec headers) {
    var percent = headers.whole(TaskHeaders.PROGRESS_PERCENT).orElse(0);
    return new Progress(
        (int) Math.max(0, Math.min(100, percent)),
        headers.text(TaskHeaders.PROGRESS_NOTE).orElse(null));
  }

  /** The failure of an event that must have one. */
  public TaskFailure requireFailure() {
    return Objects.requireNonNull(failure);
  }
}
