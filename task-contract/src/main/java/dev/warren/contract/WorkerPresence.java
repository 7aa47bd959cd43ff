package dev.warren.contract;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a worker says of itself: a message to {@link TaskTopology#EVENTS_EXCHANGE} with the key
 * {@code worker.alive.<name>}, at its start and every 5 s, and {@code worker.stopped.<name>} at a
 * clean end; as {@code message-worker.json} beside this class shows. It is not persistent and may
 * be lost. A worker in another language may say the same; it needs a name and an instance.
 *
 * @param instance another one at each start: two workers may have one name
 * @param queues keys of those that it takes tasks from
 * @param concurrency tasks that it takes at once from each of them
 * @param slots what it holds and has not settled yet
 * @param done tasks since its start
 * @param failed attempts since its start
 */
public record WorkerPresence(
    String name,
    String instance,
    @Nullable String host,
    @Nullable String version,
    @Nullable Instant startedAt,
    List<String> queues,
    int concurrency,
    List<Slot> slots,
    long done,
    long failed,
    @Nullable Instant sentAt) {

  /** More slots are not told of, and not listened to. */
  public static final int MAX_SLOTS = 200;

  /** What is longer is not read. */
  public static final int MAX_BYTES = 128 * 1024;

  private static final int MAX_QUEUES = 100;
  private static final int MAX_TEXT = 255;
  private static final int MAX_NAME_IN_KEY = 100;

  private static final Pattern NOT_FOR_A_KEY = Pattern.compile("[^A-Za-z0-9_-]");

  /** What is left out is as if it were not there. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  public WorkerPresence {
    name = required(name);
    instance = required(instance);
    host = cut(host);
    version = cut(version);
    queues = first(MAX_QUEUES, queues).stream().map(WorkerPresence::shortened).toList();
    concurrency = Math.max(1, concurrency);
    slots = first(MAX_SLOTS, slots);
  }

  /**
   * A delivery that is not settled yet; which execution it is, as the task's headers say.
   *
   * @param queue key of the queue that it came from
   * @param since when it came
   * @param delivery 1 at the first, of this execution
   */
  public record Slot(
      String taskId,
      @Nullable String type,
      @Nullable String queue,
      @Nullable Instant since,
      int round,
      int attempt,
      int dispatch,
      int delivery) {

    public Slot {
      taskId = Objects.requireNonNullElse(cut(taskId), "");
      type = cut(type);
      queue = cut(queue);
      round = Math.max(1, round);
      attempt = Math.max(1, attempt);
      dispatch = Math.max(1, dispatch);
      delivery = Math.max(1, delivery);
    }

    /** Whether it is this one of this task. */
    public boolean isOf(String id, Execution execution) {
      return taskId.equals(id) && execution.equals(new Execution(round, attempt, dispatch));
    }
  }

  /** What it says beside all that. */
  public enum Kind {
    /** It takes tasks. */
    ALIVE,
    /** It takes none any more, and holds none. */
    STOPPED;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** By the second word of the routing key. */
    public static Optional<Kind> of(String routingKey) {
      var words = routingKey.split("\\.", 3);
      for (var kind : values()) {
        if (words.length > 1 && words[0].equals("worker") && words[1].equals(kind.word())) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /** The key to publish it with; the name in it is one word. */
  public String routingKey(Kind kind) {
    var cut = name.substring(0, Math.min(name.length(), MAX_NAME_IN_KEY));
    return "worker." + kind.word() + "." + NOT_FOR_A_KEY.matcher(cut).replaceAll("_");
  }

  /** The body of the message. */
  public byte[] toJson() {
    return JSON.writeValueAsBytes(this);
  }

  /** Reads what any worker may have sent; empty where it makes no sense. */
  public static Optional<WorkerPresence> from(byte[] body) {
    if (body.length > MAX_BYTES) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readValue(body, WorkerPresence.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static <T> List<T> first(int limit, @Nullable List<T> all) {
    return all == null ? List.of() : all.stream().filter(Objects::nonNull).limit(limit).toList();
  }

  private static String required(@Nullable String text) {
    var cut = cut(text);
    if (cut == null || cut.isBlank()) {
      throw new IllegalArgumentException("a worker has a name and an instance");
    }
    return cut;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null ? null : shortened(text);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }
}
