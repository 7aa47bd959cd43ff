package dev.warren.sender.replies;

import java.time.Duration;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What {@code Prefer: wait=N} asks for, as RFC 7240 has it. */
public final class WaitPreference {

  /** More is as much as this. */
  public static final int MAX_SECONDS = 60;

  /**
   * One preference: a token, perhaps with a value, perhaps with parameters behind it. Possessive,
   * since Java would go one call deeper for each character.
   */
  private static final Pattern PREFERENCE =
      Pattern.compile(
          "\\s*([\\w!#$%&'*+.^`|~-]+)\\s*(?:=\\s*(\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s,;\"]*))?"
              + "\\s*(?:;(?:\"(?:[^\"\\\\]|\\\\.)*+\"|[^,\"])*+)?(?:,|$)");

  private WaitPreference() {}

  /**
   * How long to wait, zero for not at all; empty where it is not said. What makes no sense is as if
   * it were not there, and of two the first counts.
   *
   * @param headers all that are called {@code Prefer}
   */
  public static Optional<Duration> in(Enumeration<String> headers) {
    var all = new StringBuilder();
    while (headers.hasMoreElements()) {
      all.append(all.isEmpty() ? "" : ",").append(headers.nextElement());
    }
    var preferences = PREFERENCE.matcher(all);
    while (preferences.lookingAt()) {
      if (preferences.group(1).toLowerCase(Locale.ROOT).equals("wait")) {
        return secondsOf(preferences.group(2));
      }
      preferences.region(preferences.end(), all.length());
    }
    return Optional.empty();
  }

  private static Optional<Duration> secondsOf(String value) {
    if (value == null || !value.matches("\\d+|\"\\d+\"")) {
      return Optional.empty();
    }
    var digits = value.replace("\"", "").replaceFirst("^0+(?=.)", "");
    var seconds = digits.length() > 2 ? MAX_SECONDS : Integer.parseInt(digits);
    return Optional.of(Duration.ofSeconds(Math.min(seconds, MAX_SECONDS)));
  }
}
