package dev.warren.sender.problems;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a request asks for is not done; the problem says why, and what to change. */
public final class RequestRefused extends RuntimeException {

  private static final Logger log = LoggerFactory.getLogger(RequestRefused.class);

  private final transient Problem problem;

  public RequestRefused(Problem problem) {
    super(problem.detail(), null, false, false); // an answer, not a failure: no stack
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  /** The problem of a step that has failed, where it was refused and nothing else went wrong. */
  public static Optional<Problem> problemIn(@Nullable Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RequestRefused refused
        ? Optional.of(refused.problem)
        : Optional.empty();
  }

  /** What to answer where a request has failed, whatever with. */
  public static Problem problemOf(@Nullable Throwable failure) {
    return problemIn(failure)
        .orElseGet(
            () -> {
              log.error("a request has failed", failure);
              return Problem.of(ProblemType.INTERNAL_ERROR, "The log of the sender API says more.");
            });
  }
}
