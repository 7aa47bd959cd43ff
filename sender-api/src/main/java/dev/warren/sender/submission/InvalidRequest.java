package dev.warren.sender.submission;

import dev.warren.sender.problems.Problem;

/** The client must change its request; the problem says how. */
final class InvalidRequest extends Exception {

  private final transient Problem problem;

  InvalidRequest(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
