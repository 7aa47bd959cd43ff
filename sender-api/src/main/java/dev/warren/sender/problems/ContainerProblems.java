package dev.warren.sender.problems;

/** What is said of an error that no code of ours has put into words. */
final class ContainerProblems {

  private ContainerProblems() {}

  static Problem of(int status) {
    var problem =
        switch (status) {
          case 404 ->
              Problem.of(ProblemType.NOT_FOUND, "Check the path; /swagger-ui shows them all.");
          case 405 ->
              Problem.of(
                  ProblemType.METHOD_NOT_ALLOWED, "Use a method that the Allow header names.");
          case 406 ->
              Problem.of(
                  ProblemType.NOT_ACCEPTABLE, "Accept application/json, or leave Accept out.");
          case 413 -> Problem.of(ProblemType.CONTENT_TOO_LARGE, "Send a smaller body.");
          case 415 ->
              Problem.of(
                  ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json.");
          default ->
              status < 500 || status == 501 || status == 505
                  ? Problem.of(
                      ProblemType.BAD_REQUEST,
                      "Check the request line, the length of the headers and their characters.")
                  : Problem.of(
                      ProblemType.INTERNAL_ERROR,
                      "It is not your request; the log of the sender API says more.");
        };
    return problem.withStatus(status);
  }
}
