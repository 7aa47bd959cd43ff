package dev.warren.cli.arguments;

import static java.util.stream.Collectors.joining;

import dev.warren.cli.arguments.Field.Kind;
import dev.warren.cli.output.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The services whose arguments need no JSON; of any other type the payload is JSON. */
public final class Services {

  private static final List<Form> FORMS =
      List.of(
          new Form("add", "calculator.add", numbers("a", "b")),
          new Form("subtract", "calculator.subtract", numbers("a", "b")),
          new Form("multiply", "calculator.multiply", numbers("a", "b")),
          new Form("divide", "calculator.divide", numbers("a", "b")),
          new Form("power", "calculator.power", numbers("base", "exponent")),
          new Form(
              "logarithm",
              "calculator.logarithm",
              List.of(
                  new Field("value", Kind.NUMBER, "value"),
                  new Field("base", Kind.OPTIONAL_NUMBER, "base (none: the natural one)"))),
          new Form(
              "mean",
              "calculator.mean",
              List.of(new Field("numbers", Kind.NUMBERS, "numbers (with spaces between)"))),
          new Form("search", "directory.search", List.of(new Field("name", Kind.TEXT, "name"))),
          new Form("info", "system.info", List.of()));

  private Services() {}

  /** In the order of the menu. */
  public static List<Form> forms() {
    return FORMS;
  }

  public static Optional<Form> form(String type) {
    return FORMS.stream().filter(form -> form.type().equals(type)).findFirst();
  }

  /**
   * The payload that the words after a type say: JSON, or the arguments of its form.
   *
   * @throws BadArgument if they say none
   */
  public static JsonNode payload(String type, List<String> words) throws BadArgument {
    var form = form(type);
    if (form.isPresent() && !(words.size() == 1 && words.get(0).startsWith("{"))) {
      return form.get().payload(words);
    }
    try {
      return json(type, words);
    } catch (BadArgument bad) {
      throw new BadArgument(bad.reason() + meant(type, words));
    }
  }

  /** Which service may have been meant by words that are not even the beginning of JSON. */
  private static String meant(String type, List<String> words) {
    if (words.stream().anyMatch(word -> word.startsWith("{") || word.startsWith("["))) {
      return "";
    }
    return FORMS.stream()
        .filter(form -> form.name().equals(type))
        .findFirst()
        .map(form -> ". " + type + " is its name in the menu. It is: " + form.synopsis())
        .orElseGet(
            () ->
                FORMS.stream()
                    .map(Form::type)
                    .collect(joining(", ", ". Only these need no JSON: ", "")));
  }

  /** The same of one text, such as a program writes to the standard input. */
  public static JsonNode payload(String type, String text) throws BadArgument {
    var trimmed = text.strip();
    return form(type).isPresent() && !trimmed.startsWith("{")
        ? payload(type, words(trimmed))
        : json(trimmed);
  }

  /** The words of a line. */
  public static List<String> words(String line) {
    return line.isBlank() ? List.of() : List.of(line.strip().split("\\s+"));
  }

  private static JsonNode json(String type, List<String> words) throws BadArgument {
    if (words.size() == 1) {
      return json(words.get(0));
    }
    throw new BadArgument(
        (words.isEmpty() ? "its payload is missing" : "its payload is one argument, in quotes")
            + ": "
            + type
            + " '{\"name\": \"value\"}', or - to read it from the standard input");
  }

  private static JsonNode json(String text) throws BadArgument {
    try {
      var node = Json.read(text);
      if (!node.isMissingNode()) {
        return node;
      }
    } catch (JacksonException e) {
      var place = e.getLocation();
      throw new BadArgument(
          "the payload is no JSON: line "
              + place.getLineNr()
              + ", column "
              + place.getColumnNr()
              + ": "
              + e.getOriginalMessage());
    }
    throw new BadArgument("the payload is empty");
  }

  private static List<Field> numbers(String first, String second) {
    return List.of(new Field(first, Kind.NUMBER, first), new Field(second, Kind.NUMBER, second));
  }
}
