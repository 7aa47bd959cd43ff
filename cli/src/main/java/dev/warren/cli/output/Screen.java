package dev.warren.cli.output;

import static java.util.stream.Collectors.joining;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The terminal, or what stands in its place.
 *
 * @param out what was asked for
 * @param err what is said beside it
 * @param isColored whether it shows colours
 */
public record Screen(BufferedReader in, PrintWriter out, PrintWriter err, boolean isColored) {

  private static final String RED = "31";
  private static final String YELLOW = "33";

  /** What was asked for; the text has no control characters but its line breaks. */
  public void print(String text) {
    out.println(text);
    out.flush();
  }

  /** A failure, as one line of text from anywhere. */
  public void complain(String text) {
    err.println(colored(RED, PlainText.of(text)));
    err.flush();
  }

  /** What is to be known beside an answer. */
  public void note(String text) {
    err.println(colored(YELLOW, PlainText.of(text)));
    err.flush();
  }

  /** The next line; null at the end of the input. */
  public @Nullable String readLine() {
    try {
      return in.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that is left of the input. */
  public String readAll() {
    return in.lines().collect(joining("\n"));
  }

  /** Asks for a line; null at the end of the input. */
  public @Nullable String ask(String question) {
    out.print(question);
    out.flush();
    return readLine();
  }

  private String colored(String color, String text) {
    return isColored ? "\u001b[" + color + "m" + text + "\u001b[0m" : text;
  }
}
