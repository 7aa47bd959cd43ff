package dev.warren.sender.grpc.tasks;

import com.google.protobuf.util.Durations;
import dev.warren.grpc.v1.GetRequest;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SubmitSummary;
import dev.warren.grpc.v1.Task;
import dev.warren.grpc.v1.TaskEvent;
import dev.warren.grpc.v1.TasksGrpc.TasksImplBase;
import dev.warren.grpc.v1.WatchRequest;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.grpc.CallRefusals;
import dev.warren.sender.grpc.IncomingCall;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.Faults;
import dev.warren.sender.streaming.EventFeed;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** {@code warren.v1.Tasks}. */
final class TasksService extends TasksImplBase {

  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final TaskIntake intake;
  private final TaskStreams streams;
  private final Tasks tasks;
  private final EventFeed feed;
  private final Executor threads;

  TasksService(
      TaskIntake intake, TaskStreams streams, Tasks tasks, EventFeed feed, Executor threads) {
    this.intake = intake;
    this.streams = streams;
    this.tasks = tasks;
    this.feed = feed;
    this.threads = threads;
  }

  @Override
  public void submit(SubmitRequest request, StreamObserver<Task> answer) {
    var call = IncomingCall.current();
    var taken = intake.take(request, call.origin(), call::tellTaskId);
    answer(taken, TaskReplies::accepted, answer);
  }

  @Override
  public StreamObserver<SubmitRequest> submitStream(StreamObserver<SubmitSummary> answer) {
    return streams.begin(
        IncomingCall.current().origin(), (ServerCallStreamObserver<SubmitSummary>) answer);
  }

  @Override
  public void get(GetRequest request, StreamObserver<Task> answer) {
    var id = request.getTaskId();
    var wait = request.hasWait() ? Duration.ofNanos(nanosOf(request.getWait())) : Duration.ZERO;
    var faults = new Faults();
    if (id.isEmpty()) {
      faults.add("task_id", "is missing");
    }
    if (wait.isNegative() || wait.compareTo(MAX_WAIT) > 0) {
      faults.add("wait", "must be from 0 to " + MAX_WAIT.toSeconds() + " seconds");
    }
    try {
      faults.refuseIfAny();
    } catch (RequestRefused e) {
      answer.onError(CallRefusals.of(e));
      return;
    }
    if (wait.isZero()) {
      answer(tasks.find(id), TaskReplies::of, answer);
    } else {
      var gone = new CompletableFuture<Void>();
      ((ServerCallStreamObserver<Task>) answer).setOnCancelHandler(() -> gone.complete(null));
      answer(tasks.findEnded(id, wait, gone), TaskReplies::of, answer);
    }
  }

  private static long nanosOf(com.google.protobuf.Duration duration) {
    return Durations.isValid(duration)
            && Math.abs(duration.getSeconds()) <= 2 * MAX_WAIT.toSeconds()
        ? Durations.toNanos(duration)
        : -1;
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<TaskEvent> answer) {
    var watch = new Watch((ServerCallStreamObserver<TaskEvent>) answer);
    var call = IncomingCall.current();
    var after = request.hasAfter() ? request.getAfter() : null;
    watch.begin();
    try {
      feed.push(Watch.filterOf(request), after, watch, call::isAdmitted)
          .whenCompleteAsync((nothing, failure) -> watch.failIf(failure), threads);
    } catch (RequestRefused e) {
      answer.onError(CallRefusals.of(e));
    }
  }

  /** On a thread of the calls: what is asked for may be large. */
  private <T, A> void answer(
      CompletableFuture<T> found, Function<T, A> reply, StreamObserver<A> answer) {
    found
        .thenApplyAsync(reply, threads)
        .whenComplete(
            (made, failure) -> {
              if (failure != null) {
                answer.onError(CallRefusals.of(failure));
              } else {
                answer.onNext(made);
                answer.onCompleted();
              }
            });
  }
}
