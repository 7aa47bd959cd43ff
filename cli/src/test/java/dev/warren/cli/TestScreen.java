package dev.warren.cli;

import dev.warren.cli.output.Screen;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;

/** A terminal that was written to beforehand, and is read afterwards. */
public final class TestScreen {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Screen screen;

  public TestScreen(String... lines) {
    var input = lines.length == 0 ? "" : String.join("\n", lines) + "\n";
    screen =
        new Screen(
            new BufferedReader(new StringReader(input)),
            new PrintWriter(out),
            new PrintWriter(err),
            false);
  }

  public Screen screen() {
    return screen;
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
