package dev.warren.cli;

import dev.warren.cli.doors.HttpDoor;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.output.Json;
import dev.warren.cli.output.Screen;
import dev.warren.cli.output.Table;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What failed for good. */
@Command(
    name = "dead-letters",
    description = "Prints the tasks that failed for good, the newest first, and why. By HTTP only.")
final class DeadLettersCommand implements Callable<Integer> {

  private final Screen screen;
  private final Connection connection;
  private final Teller teller;

  @Option(names = "--group", description = "Count them by their error, the most first.")
  private boolean isGrouped;

  @Option(names = "--type", paramLabel = "TYPE", description = "Those of this type.")
  private @Nullable String type;

  @Option(names = "--limit", paramLabel = "N", description = "So many at most: 1 to 200 (50).")
  private @Nullable Integer limit;

  DeadLettersCommand(Screen screen, Connection connection, Teller teller) {
    this.screen = screen;
    this.connection = connection;
    this.teller = teller;
  }

  @Override
  public Integer call() throws Refused {
    JsonNode page;
    try (var door = connection.http()) {
      page = door.list("/v1/dead-letters" + query());
    }
    if (connection.isJson()) {
      teller.json(page);
      return Exit.DONE;
    }
    var dead = page.path("data");
    if (dead.isEmpty()) {
      screen.note("No task has failed for good.");
      return Exit.DONE;
    }
    screen.print(isGrouped ? groups(dead) : tasks(dead));
    if (page.hasNonNull("nextCursor")) {
      screen.note("There are more; --limit shows up to 200, --group counts all.");
    }
    return Exit.DONE;
  }

  private String query() {
    var query = new StringBuilder();
    append(query, "groupBy", isGrouped ? "fingerprint" : null);
    append(query, "type", type);
    append(query, "limit", limit == null ? null : limit.toString());
    return query.toString();
  }

  private static void append(StringBuilder query, String name, @Nullable String value) {
    if (value != null) {
      query.append(query.isEmpty() ? '?' : '&').append(name).append('=');
      query.append(HttpDoor.encoded(value));
    }
  }

  private static String tasks(JsonNode dead) {
    var table = new Table("id", "type", "ended", "reason", "error");
    dead.forEach(
        task ->
            table.row(
                Json.text(task, "id"),
                Json.text(task, "type"),
                Json.text(task, "endedAt"),
                Json.text(task, "deadReason"),
                error(task)));
    return table.text();
  }

  private static String groups(JsonNode dead) {
    var table = new Table("count", "type", "last", "newest", "error");
    dead.forEach(
        group ->
            table.row(
                Json.text(group, "count"),
                Json.text(group, "type"),
                Json.text(group, "lastSeen"),
                Json.text(group, "example"),
                error(group)));
    return table.text();
  }

  private static String error(JsonNode node) {
    var error = node.path("error");
    return error.isObject() ? Json.text(error, "class") + ": " + Json.text(error, "message") : "";
  }
}
