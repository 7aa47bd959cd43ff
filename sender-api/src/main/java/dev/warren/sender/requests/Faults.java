package dev.warren.sender.requests;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.RequestRefused;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a request, collected so that all of it is told at once. */
public final class Faults {

  private static final int MAX_FAULTS = 20;
  private static final int MAX_PATH = 200;

  private final List<FieldError> errors = new ArrayList<>();

  /**
   * @param path of the field, such as {@code retry.maxAttempts}
   * @param detail says what to change, as the end of a sentence that the path begins
   */
  public void add(String path, String detail) {
    if (errors.size() < MAX_FAULTS) {
      errors.add(new FieldError(cut(path), detail));
    }
  }

  /**
   * @throws RequestRefused with {@code 400} where there is any fault
   */
  public void refuseIfAny() {
    if (!errors.isEmpty()) {
      throw new RequestRefused(Problem.ofFields(List.copyOf(errors)));
    }
  }

  private static String cut(String path) {
    return path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH) + "...";
  }
}
