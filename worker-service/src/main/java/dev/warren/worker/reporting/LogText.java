package dev.warren.worker.reporting;

import java.time.Duration;
import java.util.Locale;

/** Text from outside as it may stand in a log line: one line, no control characters, not long. */
public final class LogText {

  private static final int MAX_LENGTH = 200;

  private LogText() {}

  public static String of(String text) {
    return escape(text, false);
  }

  /** The same between quotation marks; what the text has of them cannot be taken for these. */
  public static String quoted(String text) {
    return '"' + escape(text, true) + '"';
  }

  /** The exception's class and message, and where it was thrown. */
  public static String of(Throwable failure) {
    var trace = failure.getStackTrace();
    var text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
    return trace.length == 0 ? text : text + " at " + trace[0];
  }

  public static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toNanos() / 1e9);
  }

  private static String escape(String text, boolean quoted) {
    var line = new StringBuilder();
    text.codePoints()
        .limit(MAX_LENGTH)
        .forEach(
            codePoint -> {
              if (quoted && (codePoint == '"' || codePoint == '\\')) {
                line.append('\\');
              }
              append(line, codePoint);
            });
    if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
      line.append("...(").append(text.length()).append(" characters)");
    }
    return line.toString();
  }

  private static void append(StringBuilder line, int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          line.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
      default -> line.appendCodePoint(codePoint);
    }
  }
}
