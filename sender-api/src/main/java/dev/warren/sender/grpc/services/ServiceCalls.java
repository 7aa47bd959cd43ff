package dev.warren.sender.grpc.services;

import com.google.rpc.Code;
import dev.warren.contract.TaskState;
import dev.warren.contract.TaskType;
import dev.warren.sender.calls.CallEnd;
import dev.warren.sender.calls.Calls;
import dev.warren.sender.grpc.CallRefusals;
import dev.warren.sender.grpc.CallThreads;
import dev.warren.sender.grpc.IncomingCall;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.submission.CallRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Makes a task of each call, and an answer of its end. */
@Component
final class ServiceCalls {

  private static final Logger log = LoggerFactory.getLogger(ServiceCalls.class);

  private final Calls calls;
  private final Executor threads;

  ServiceCalls(Calls calls, CallThreads threads) {
    this.calls = calls;
    this.threads = threads.getExecutor();
  }

  /**
   * @param payload JSON; throws {@link RequestRefused} where the request is at fault
   */
  <R, A> void call(
      TaskType<?, R> type,
      Supplier<String> payload,
      Function<R, A> reply,
      StreamObserver<A> answer) {
    var call = IncomingCall.current();
    try {
      var json = payload.get().getBytes(StandardCharsets.UTF_8);
      var request = new CallRequest(type.name(), null, call.expiresAt(), json);
      var begun = calls.begin(request, call.timeToWait(), call.origin());
      ((ServerCallStreamObserver<A>) answer).setOnCancelHandler(() -> calls.hangUp(begun));
      call.tellTaskId(begun.taskId());
      begun
          .end()
          .thenApplyAsync(end -> answerTo(begun.taskId(), end, type, reply), threads)
          .whenComplete((made, failure) -> tell(made, failure, answer));
    } catch (RequestRefused e) {
      answer.onError(CallRefusals.of(e));
    }
  }

  private static <A> void tell(A made, Throwable failure, StreamObserver<A> answer) {
    if (failure == null) {
      answer.onNext(made);
      answer.onCompleted();
    } else {
      answer.onError(
          failure.getCause() instanceof StatusRuntimeException status
              ? status
              : CallRefusals.of(failure));
    }
  }

  private static <R, A> A answerTo(
      String taskId, CallEnd end, TaskType<?, R> type, Function<R, A> reply) {
    if (end instanceof CallEnd.Succeeded done) {
      return answerTo(done, type, reply);
    }
    if (end instanceof CallEnd.Failed failed) {
      throw CallRefusals.of(
          codeOf(failed.state()), failed.code(), failed.message(), failed.taskId());
    }
    if (end instanceof CallEnd.Refused refused) {
      throw new RequestRefused(refused.problem());
    }
    throw CallRefusals.of(
        Code.DEADLINE_EXCEEDED,
        "accepted",
        "The task has not ended yet, and is done all the same; Tasks.Get answers with its end.",
        taskId);
  }

  private static Code codeOf(TaskState state) {
    return switch (state) {
      case CANCELLED -> Code.ABORTED;
      case EXPIRED -> Code.DEADLINE_EXCEEDED;
      default -> Code.FAILED_PRECONDITION;
    };
  }

  /** A worker of somebody's own may say what it likes: what is no JSON, or lacks a field. */
  private static <R, A> A answerTo(
      CallEnd.Succeeded done, TaskType<?, R> type, Function<R, A> reply) {
    try {
      var result = JsonMapper.shared().readValue(done.result(), type.result());
      if (result != null) {
        return reply.apply(result);
      }
    } catch (RuntimeException e) {
      log.debug("the result of task {} is none of {}", done.taskId(), type.name(), e);
    }
    throw CallRefusals.of(
        Code.INTERNAL,
        "unreadable-result",
        "The worker's result is none of " + type.name() + "; Tasks.Get answers with it.",
        done.taskId());
  }
}
