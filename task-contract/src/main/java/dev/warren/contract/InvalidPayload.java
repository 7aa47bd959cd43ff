package dev.warren.contract;

import java.util.List;
import java.util.stream.Collectors;

/** A payload is not what its type asks for, and will not be at the next try either. */
public final class InvalidPayload extends Exception {

  private final transient List<Violation> violations;

  /**
   * What is wrong with one field.
   *
   * @param path of the field in the payload, such as {@code items[2].name}; empty for the whole
   * @param detail says what to change
   */
  public record Violation(String path, String detail) {}

  public InvalidPayload(List<Violation> violations) {
    super(
        violations.stream()
            .map(each -> (each.path() + " " + each.detail()).strip())
            .collect(Collectors.joining("; ")));
    this.violations = List.copyOf(violations);
  }

  public List<Violation> violations() {
    return violations;
  }
}
