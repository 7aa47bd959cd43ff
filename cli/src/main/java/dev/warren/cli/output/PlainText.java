package dev.warren.cli.output;

import java.util.Locale;

/** Text from outside as a terminal may show it: nothing in it is obeyed, and it is one line. */
public final class PlainText {

  private PlainText() {}

  public static String of(String text) {
    var line = new StringBuilder(text.length());
    text.codePoints().forEach(codePoint -> append(line, codePoint));
    return line.toString();
  }

  /** The same for JSON as it was written: its own line breaks, which no string in it has, stay. */
  public static String ofJson(String json) {
    var lines = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            codePoint -> {
              if (codePoint == '\n') {
                lines.append('\n');
              } else {
                append(lines, codePoint);
              }
            });
    return lines.toString();
  }

  private static void append(StringBuilder line, int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE -> {
        for (var unit : Character.toChars(codePoint)) { // as JSON has it, too
          line.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
      }
      default -> line.appendCodePoint(codePoint);
    }
  }
}
