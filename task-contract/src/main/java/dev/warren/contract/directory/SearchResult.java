package dev.warren.contract.directory;

import java.util.List;

/**
 * Result of a {@code directory.search} task.
 *
 * @param matches by name, at most {@value #MAX_MATCHES}; none is no failure
 */
public record SearchResult(List<Person> matches) {

  public static final int MAX_MATCHES = 100;

  /** Someone in the directory. */
  public record Person(String name, int age, String city) {}
}
