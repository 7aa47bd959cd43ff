package dev.warren.cli.menu;

import dev.warren.cli.arguments.BadArgument;
import dev.warren.cli.arguments.Field;
import dev.warren.cli.arguments.Form;
import dev.warren.cli.arguments.Services;
import dev.warren.cli.output.Json;
import dev.warren.cli.output.Screen;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks which service, and for its arguments one by one, until quit or the end of the input. */
public final class Menu {

  /** Has a service answer, and shows what. */
  @FunctionalInterface
  public interface Caller {
    void call(String type, JsonNode payload);
  }

  /** Whoever is asked wants no more: with this call, or with all. */
  private static final class Left extends Exception {
    private final boolean isEnd;

    Left(boolean isEnd) {
      super(null, null, false, false);
      this.isEnd = isEnd;
    }
  }

  private static final String BACK = ".";
  private static final String QUIT = "quit";

  private final Screen screen;
  private final String place;
  private final Caller caller;

  public Menu(Screen screen, String place, Caller caller) {
    this.screen = screen;
    this.place = place;
    this.caller = caller;
  }

  public void run() {
    show();
    while (true) {
      try {
        var line = ask("> ");
        if (isQuit(line)) {
          return;
        }
        choose(Services.words(line));
      } catch (Left left) {
        if (left.isEnd) {
          screen.print("");
          return;
        }
      }
    }
  }

  private void show() {
    screen.print("Warren at " + place);
    var number = 0;
    for (var form : Services.forms()) {
      number++;
      screen.print(String.format("  %2d  %-10s %s", number, form.name(), form.synopsis()));
    }
    screen.print(String.format("  %2d  %s", 0, QUIT));
    screen.print("A number or a name, then what it asks for; or at once, such as: add 10 5");
  }

  private void choose(List<String> words) throws Left {
    if (words.isEmpty()) {
      return;
    }
    var form = find(words.get(0));
    if (form.isEmpty()) {
      screen.complain("\"" + words.get(0) + "\" is none of these; one of them, please:");
      show();
      return;
    }
    var payload = payload(form.get(), words.subList(1, words.size()));
    caller.call(form.get().type(), payload);
  }

  /** By its number, its name or its type. */
  private static Optional<Form> find(String word) {
    var forms = Services.forms();
    return forms.stream()
        .filter(
            form ->
                form.name().equalsIgnoreCase(word)
                    || form.type().equalsIgnoreCase(word)
                    || String.valueOf(forms.indexOf(form) + 1).equals(word))
        .findFirst();
  }

  /** Of the words, where they say it; else of what is asked for. */
  private JsonNode payload(Form form, List<String> words) throws Left {
    if (!words.isEmpty()) {
      try {
        return Services.payload(form.type(), String.join(" ", words)); // JSON has spaces, too
      } catch (BadArgument bad) {
        screen.complain(bad.reason());
      }
    }
    var payload = Json.object();
    for (var field : form.fields()) {
      askFor(field, payload);
    }
    return payload;
  }

  private void askFor(Field field, ObjectNode payload) throws Left {
    while (true) {
      var line = ask(field.question() + ": ").strip();
      if (line.equals(BACK)) {
        throw new Left(false);
      }
      try {
        var words = Services.words(line);
        var answer = Json.object();
        if (field.read(words, answer) == words.size()) {
          payload.setAll(answer);
          return;
        }
        screen.complain("one number, please, not " + words.size());
      } catch (BadArgument bad) {
        screen.complain(bad.reason() + " (" + BACK + " goes back to the menu)");
      }
    }
  }

  private static boolean isQuit(String line) {
    var word = line.strip();
    return word.equals("0")
        || word.equalsIgnoreCase(QUIT)
        || word.equalsIgnoreCase("exit")
        || word.equalsIgnoreCase("q");
  }

  private String ask(String question) throws Left {
    @Nullable String line = screen.ask(question);
    if (line == null) {
      throw new Left(true);
    }
    return line;
  }
}
