package dev.warren.sender.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskView.Failure;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened to a task, as it is sent. What is null is left out.
 *
 * @param id grows from event to event; 0 of what a task's own events begin with
 * @param kind also the name of the event: queued, scheduled, running, progress, failed, succeeded,
 *     dead, cancelled, expired, replayed
 * @param state what the task became by it
 * @param time when the ledger heard of it
 * @param nextAttemptAt when it is sent to its queue, of what waits for that
 * @param isArrival whether it says that the task is there, for the first time
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LiveEvent(
    long id,
    String taskId,
    String type,
    String queue,
    String kind,
    TaskState state,
    int round,
    int attempt,
    @Nullable Integer delivery,
    @Nullable String worker,
    Instant time,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant nextAttemptAt,
    @Nullable Boolean timedOut,
    @Nullable Failure error,
    @Nullable Progress progress,
    @JsonIgnore boolean isArrival) {

  /** Of a task that is new. */
  static LiveEvent arrived(
      long id,
      String taskId,
      String type,
      String queue,
      TaskState state,
      Instant time,
      @Nullable Instant dueAt) {
    return new LiveEvent(
        id,
        taskId,
        type,
        queue,
        word(state.name()),
        state,
        1,
        1,
        null,
        null,
        time,
        null,
        null,
        dueAt,
        null,
        null,
        null,
        true);
  }

  /** The name of an event that is stored under this one: a failure may have been the last. */
  static String kind(String stored, TaskState state) {
    return word(stored.equals("FAILED") && state == TaskState.DEAD ? state.name() : stored);
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether what has ended goes on by it. */
  boolean reopens() {
    return kind.equals("replayed");
  }

  byte[] encoded() {
    return encoded(Long.toString(id), kind, this);
  }

  /**
   * @param id null of what is not to be counted as heard
   */
  static byte[] encoded(@Nullable String id, String name, Object data) {
    var head = id == null ? "" : "id: " + id + "\n";
    var json = JsonMapper.shared().writeValueAsString(data); // which has no line break
    return (head + "event: " + name + "\ndata: " + json + "\n\n").getBytes(UTF_8);
  }
}
