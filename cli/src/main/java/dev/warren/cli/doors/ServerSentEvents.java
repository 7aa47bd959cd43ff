package dev.warren.cli.doors;

import dev.warren.cli.output.Json;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A stream of events, as WHATWG has them and the API writes them: one line of data each, which has
 * the event's id, too.
 */
final class ServerSentEvents {

  private final Consumer<JsonNode> events;
  private String name = "";
  private String data = "";

  ServerSentEvents(Consumer<JsonNode> events) {
    this.events = events;
  }

  /** Whether it was read to the event that is named {@code end}. */
  boolean read(Stream<String> lines) {
    for (var each = lines.iterator(); each.hasNext(); ) {
      var line = each.next();
      if (line.isEmpty()) {
        if (name.equals("end")) {
          return true;
        }
        tell();
      } else if (line.startsWith("event:")) {
        name = value(line);
      } else if (line.startsWith("data:")) {
        data = value(line);
      }
    }
    return false;
  }

  private void tell() {
    if (!data.isEmpty()) {
      events.accept(Json.read(data));
    }
    name = "";
    data = "";
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).stripLeading();
  }
}
