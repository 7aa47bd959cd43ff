package dev.warren.cli.arguments;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** One field of a payload, as words of a command line or an answer to a question. */
public record Field(String name, Kind kind, String question) {

  enum Kind {
    NUMBER,
    OPTIONAL_NUMBER,
    NUMBERS,
    TEXT
  }

  /** Whether an answer may be empty. */
  public boolean isOptional() {
    return kind == Kind.OPTIONAL_NUMBER;
  }

  /** As it stands in a synopsis. */
  String label() {
    return switch (kind) {
      case NUMBER, TEXT -> name.toUpperCase(Locale.ROOT);
      case OPTIONAL_NUMBER -> "[" + name.toUpperCase(Locale.ROOT) + "]";
      case NUMBERS -> "NUMBER...";
    };
  }

  /**
   * Puts what the first of the words say into the payload.
   *
   * @return how many words that were
   */
  public int read(List<String> words, ObjectNode payload) throws BadArgument {
    if (words.isEmpty() && !isOptional()) {
      throw new BadArgument(question + " is missing");
    }
    return switch (kind) {
      case NUMBER -> {
        payload.put(name, number(words.get(0)));
        yield 1;
      }
      case OPTIONAL_NUMBER -> {
        if (words.isEmpty()) {
          yield 0;
        }
        payload.put(name, number(words.get(0)));
        yield 1;
      }
      case NUMBERS -> {
        var numbers = payload.putArray(name);
        for (var word : words) {
          numbers.add(number(word.endsWith(",") ? word.substring(0, word.length() - 1) : word));
        }
        yield words.size();
      }
      case TEXT -> {
        payload.put(name, String.join(" ", words));
        yield words.size();
      }
    };
  }

  private BigDecimal number(String word) throws BadArgument {
    try {
      return new BigDecimal(word);
    } catch (NumberFormatException e) {
      var hint =
          word.matches("[+-]?\\d+,\\d+")
              ? "; write " + word.replace(',', '.')
              : ", such as 10, -2.5 or 1e3";
      throw new BadArgument(name + ": \"" + word + "\" is no number" + hint);
    }
  }
}
