package dev.warren.sender.calls;

import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.submission.AwaitedTasks.Sent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a caller is told. */
public sealed interface CallEnd {

  /**
   * The service has done it.
   *
   * @param result as the worker gave it, the JSON {@code null} where it gave none
   * @param isJson false where a worker of somebody's own gave something else
   */
  @SuppressWarnings("ArrayRecordComponent") // two ends are never equal, nor should they be
  record Succeeded(String taskId, byte[] result, boolean isJson) implements CallEnd {}

  /**
   * Nobody does it any more.
   *
   * @param state DEAD, CANCELLED or EXPIRED
   * @param code of the failure, as the worker gave it: {@code division-by-zero}, or the name of an
   *     exception; {@code cancelled} and {@code expired} of what was not tried to the end
   */
  record Failed(String taskId, TaskState state, String code, String message) implements CallEnd {

    /**
     * Of a task that has ended otherwise.
     *
     * @param code of its last failure, if there was one
     * @param message the same
     */
    public static Failed of(
        String taskId, TaskState state, @Nullable String code, @Nullable String message) {
      var isDead = state == TaskState.DEAD;
      return new Failed(
          taskId,
          state,
          isDead && code != null ? code : wordOf(state),
          isDead && message != null ? message : typeOf(state).title() + ".");
    }

    /** The same by every door. */
    public Problem problem() {
      var members = new LinkedHashMap<String, String>();
      members.put("code", code);
      members.put("taskId", taskId);
      return Problem.of(typeOf(state), message).withExtensions(members);
    }

    private static ProblemType typeOf(TaskState state) {
      return switch (state) {
        case CANCELLED -> ProblemType.CALL_CANCELLED;
        case EXPIRED -> ProblemType.CALL_EXPIRED;
        default -> ProblemType.CALL_FAILED;
      };
    }

    private static String wordOf(TaskState state) {
      return state == TaskState.DEAD ? "failed" : state.name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * It did not end in time, or nobody waited for it. The broker has it and it is done, so that its
   * end is found by its id.
   */
  record Accepted(TaskView task) implements CallEnd {}

  /** There is no task: the call is at fault, or the broker did not take it. Or nobody knows. */
  record Refused(Problem problem) implements CallEnd {}

  /** Of a call that the broker has taken. */
  static CallEnd of(Sent<TaskView> sent) {
    return sent.end().map(CallEnd::of).orElseGet(() -> new Accepted(sent.draft().answer()));
  }

  private static CallEnd of(TaskView task) {
    if (task.erased() != null) {
      return new Refused(
          Problem.of(ProblemType.ERASED, "What became of task " + task.id() + " was erased."));
    }
    if (task.state() == TaskState.SUCCEEDED) {
      var result = task.resultBytes();
      return result.length == 0
          ? new Succeeded(task.id(), "null".getBytes(StandardCharsets.UTF_8), true)
          : new Succeeded(task.id(), result, task.result() != null);
    }
    var error = task.error();
    return error == null
        ? Failed.of(task.id(), task.state(), null, null)
        : Failed.of(task.id(), task.state(), error.errorClass(), error.message());
  }
}
