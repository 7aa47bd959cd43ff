package dev.warren.sender.grpc.tasks;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.Failure;
import dev.warren.grpc.v1.Progress;
import dev.warren.grpc.v1.Task;
import dev.warren.grpc.v1.TaskEvent;
import dev.warren.grpc.v1.TaskState;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.streaming.LiveEvent;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tasks and events as gRPC has them. */
final class TaskReplies {

  private TaskReplies() {}

  /** Of a task that the broker has just taken; the client knows its payload. */
  static Task accepted(TaskMessage task) {
    return withoutContent(TaskView.accepted(task)).build();
  }

  static Task of(TaskView view) {
    var task = withoutContent(view);
    ifAny(payloadOf(view), task::setPayload);
    if (view.result() != null || view.resultBase64() != null) {
      task.setResult(ByteString.copyFrom(view.resultBytes()));
    }
    return task.build();
  }

  private static @Nullable ByteString payloadOf(TaskView view) {
    if (view.payload() != null) {
      return ByteString.copyFromUtf8(String.valueOf(view.payload().rawValue()));
    }
    return view.payloadBase64() == null
        ? null
        : ByteString.copyFrom(Base64.getDecoder().decode(view.payloadBase64()));
  }

  private static Task.Builder withoutContent(TaskView view) {
    var task =
        Task.newBuilder()
            .setId(view.id())
            .setType(view.type())
            .setQueue(view.queue())
            .setState(stateOf(view.state()))
            .putAllLabels(view.labels())
            .setCreatedAt(timeOf(view.createdAt()))
            .setRound(view.round())
            .setAttempt(view.attempt())
            .setTimeout(Durations.fromSeconds(view.timeoutSeconds()))
            .setErased(view.erased() != null);
    ifAny(view.priority(), task::setPriority);
    ifAny(view.createdBy(), task::setCreatedBy);
    ifAny(view.notBefore(), time -> task.setNotBefore(timeOf(time)));
    ifAny(view.expiresAt(), time -> task.setExpiresAt(timeOf(time)));
    ifAny(view.startedAt(), time -> task.setStartedAt(timeOf(time)));
    ifAny(view.endedAt(), time -> task.setEndedAt(timeOf(time)));
    ifAny(view.nextAttemptAt(), time -> task.setNextAttemptAt(timeOf(time)));
    ifAny(view.cancelRequestedAt(), time -> task.setCancelRequestedAt(timeOf(time)));
    ifAny(view.traceId(), task::setTraceId);
    ifAny(view.error(), error -> task.setError(failureOf(error)));
    return task;
  }

  static TaskEvent of(LiveEvent event) {
    var reply =
        TaskEvent.newBuilder()
            .setId(event.id())
            .setTaskId(event.taskId())
            .setType(event.type())
            .setQueue(event.queue())
            .setKind(event.kind())
            .setState(stateOf(event.state()))
            .setRound(event.round())
            .setAttempt(event.attempt())
            .setTime(timeOf(event.time()));
    ifAny(event.worker(), reply::setWorker);
    ifAny(event.nextAttemptAt(), time -> reply.setNextAttemptAt(timeOf(time)));
    ifAny(event.error(), error -> reply.setError(failureOf(error)));
    ifAny(
        event.progress(),
        progress -> {
          var told = Progress.newBuilder().setPercent(progress.percent());
          ifAny(progress.note(), told::setNote);
          reply.setProgress(told);
        });
    return reply.build();
  }

  private static Failure failureOf(TaskView.Failure failure) {
    return Failure.newBuilder().setCode(failure.errorClass()).setMessage(failure.message()).build();
  }

  private static TaskState stateOf(dev.warren.contract.TaskState state) {
    return TaskState.valueOf("TASK_STATE_" + state.name());
  }

  private static Timestamp timeOf(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static <T> void ifAny(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
