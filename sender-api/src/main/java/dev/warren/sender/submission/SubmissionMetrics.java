package dev.warren.sender.submission;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.submission.OnceOnly.Taken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Counts what was accepted, and what was refused by reason. */
public final class SubmissionMetrics {

  private final Counter accepted;
  private final Map<ProblemType, Counter> refused = new EnumMap<>(ProblemType.class);

  SubmissionMetrics(MeterRegistry meters) {
    accepted =
        Counter.builder("warren.tasks.accepted")
            .description("Tasks that were taken, by HTTP and gRPC, alone and in batches")
            .register(meters);
    for (var reason : ProblemType.values()) {
      refused.put(
          reason,
          Counter.builder("warren.tasks.refused")
              .description(
                  "Tasks that were not taken, by HTTP and gRPC, by the code of their problem")
              .tag("reason", reason.code())
              .register(meters));
    }
  }

  /** Counts a task, unless it is one again, when it is known what has become of it. */
  public <A> CompletableFuture<Taken<A>> counted(CompletableFuture<Taken<A>> taking) {
    return taking.whenComplete(
        (taken, failure) -> {
          if (failure != null) {
            var problem = RequestRefused.problemIn(failure);
            refused(problem.map(Problem::type).orElse(ProblemType.INTERNAL_ERROR));
          } else if (!taken.isRepeated()) {
            accepted();
          }
        });
  }

  void accepted() {
    accepted.increment();
  }

  public void refused(ProblemType reason) {
    Objects.requireNonNull(refused.get(reason)).increment();
  }
}
