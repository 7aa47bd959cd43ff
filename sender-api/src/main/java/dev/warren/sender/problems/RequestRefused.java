package dev.warren.sender.problems;

/** What a request asks for is not done; the problem says why, and what to change. */
public final class RequestRefused extends RuntimeException {

  private final transient Problem problem;

  public RequestRefused(Problem problem) {
    super(problem.detail(), null, false, false); // an answer, not a failure: no stack
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
