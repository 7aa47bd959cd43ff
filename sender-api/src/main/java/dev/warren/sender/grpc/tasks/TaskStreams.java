package dev.warren.sender.grpc.tasks;

import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.sender.batches.BatchPublisher;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.submission.OnceOnly;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** All streams of tasks together: so many at once, and so many tasks of theirs on their way. */
@Component
final class TaskStreams {

  /** Less than half of what the publisher takes, for the sake of single tasks. */
  private static final int MAX_IN_FLIGHT = 400;

  private static final int MAX_OPEN = 16;

  private final TaskIntake intake;
  private final OnceOnly patient;
  private final AtomicInteger open = new AtomicInteger();

  TaskStreams(TaskIntake intake, BatchPublisher publisher) {
    this.intake = intake;
    this.patient = intake.onceOnly().by(publisher::publish);
  }

  /**
   * Is to be closed.
   *
   * @throws RequestRefused where there are as many as may be
   */
  void open() {
    if (open.incrementAndGet() > MAX_OPEN) {
      close();
      throw new RequestRefused(
          Problem.of(
                  ProblemType.OVERLOADED,
                  "There are as many streams of tasks as there may; try again.")
              .withHeader(HttpHeaders.RETRY_AFTER, "1"));
    }
  }

  void close() {
    open.decrementAndGet();
  }

  /** How much of one stream may be on its way. */
  int share() {
    return MAX_IN_FLIGHT / Math.max(1, open.get());
  }

  CompletableFuture<TaskMessage> take(SubmitRequest request, Origin origin) {
    return intake.take(request, origin, patient);
  }
}
