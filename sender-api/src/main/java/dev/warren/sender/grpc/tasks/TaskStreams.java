package dev.warren.sender.grpc.tasks;

import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SubmitSummary;
import dev.warren.sender.grpc.CallRefusals;
import dev.warren.sender.grpc.CallThreads;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.publishing.BulkPublisher;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** All streams of tasks together: so many at once, and so many tasks of theirs on their way. */
@Component
final class TaskStreams {

  static final int MAX_OPEN = 16;

  private static final Duration MAX_SILENCE = Duration.ofMinutes(1);

  private final BiFunction<SubmitRequest, Origin, CompletableFuture<TaskMessage>> intake;
  private final BulkPublisher publisher;
  private final Executor threads;
  private final Supplier<CompletableFuture<Void>> silence;
  private final AtomicInteger open = new AtomicInteger();

  @Autowired
  TaskStreams(TaskIntake intake, BulkPublisher publisher, CallThreads threads) {
    this(
        intake.inBulk(publisher::publish)::take,
        publisher,
        threads.getExecutor(),
        TaskStreams::maxSilence);
  }

  /**
   * @param silence done after the time in which each stream must have sent something; cancelled
   *     with its stream
   */
  TaskStreams(
      BiFunction<SubmitRequest, Origin, CompletableFuture<TaskMessage>> intake,
      BulkPublisher publisher,
      Executor threads,
      Supplier<CompletableFuture<Void>> silence) {
    this.intake = intake;
    this.publisher = publisher;
    this.threads = threads;
    this.silence = silence;
  }

  private static CompletableFuture<Void> maxSilence() {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, MAX_SILENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Begins a stream, or refuses it where there are as many as may be. */
  StreamObserver<SubmitRequest> begin(
      Origin origin, ServerCallStreamObserver<SubmitSummary> answer) {
    if (open.incrementAndGet() > MAX_OPEN) {
      close();
      answer.onError(CallRefusals.of(tooMany()));
      return new Unheard();
    }
    var stream = new TaskStream(this, origin, answer, threads);
    stream.begin();
    return stream;
  }

  private static Problem tooMany() {
    return Problem.of(
            ProblemType.OVERLOADED, "There are as many streams of tasks as there may; try again.")
        .withHeader(HttpHeaders.RETRY_AFTER, "1");
  }

  /** One has ended. */
  void close() {
    open.decrementAndGet();
  }

  /** How much of one stream may be on its way. */
  int share() {
    return Math.max(1, publisher.limit() / Math.max(1, open.get()));
  }

  /** How much of it a request is. */
  int weightOf(SubmitRequest request) {
    return publisher.weightOf(request.getSerializedSize());
  }

  CompletableFuture<Void> silence() {
    return silence.get();
  }

  CompletableFuture<TaskMessage> take(SubmitRequest request, Origin origin) {
    return intake.apply(request, origin);
  }

  /** What a client still sends whose call is over. */
  private static final class Unheard implements StreamObserver<SubmitRequest> {

    @Override
    public void onNext(SubmitRequest request) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
