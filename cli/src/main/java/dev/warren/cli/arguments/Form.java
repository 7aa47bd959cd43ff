package dev.warren.cli.arguments;

import static java.util.stream.Collectors.joining;

import dev.warren.cli.output.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A service that needs no JSON.
 *
 * @param name of the menu
 */
public record Form(String name, String type, List<Field> fields) {

  /** Such as {@code calculator.add A B}. */
  public String synopsis() {
    return type + fields.stream().map(field -> " " + field.label()).collect(joining());
  }

  ObjectNode payload(List<String> words) throws BadArgument {
    var payload = Json.object();
    var rest = words;
    for (var field : fields) {
      try {
        rest = rest.subList(field.read(rest, payload), rest.size());
      } catch (BadArgument bad) {
        throw new BadArgument(bad.reason() + ". It is: " + synopsis());
      }
    }
    if (!rest.isEmpty()) {
      throw new BadArgument("\"" + rest.get(0) + "\" is one too many. It is: " + synopsis());
    }
    return payload;
  }
}
