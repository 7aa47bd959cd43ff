package dev.warren.cli;

import dev.warren.cli.doors.Following;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.doors.Tasks;
import dev.warren.cli.output.Json;
import dev.warren.cli.output.PlainText;
import dev.warren.cli.output.Screen;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What happens to a task, as it happens. */
@Command(
    name = "watch",
    description =
        "Prints what happens to a task, from its beginning to its end, a line each. Where the API"
            + " goes away meanwhile, it asks again, and goes on where it was.")
final class WatchCommand implements Callable<Integer> {

  private final Screen screen;
  private final Connection connection;
  private final Teller teller;

  @Parameters(paramLabel = "ID", description = "Of the task.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String id;

  private JsonNode last = Json.object();

  WatchCommand(Screen screen, Connection connection, Teller teller) {
    this.screen = screen;
    this.connection = connection;
    this.teller = teller;
  }

  @Override
  public Integer call() throws Refused {
    try (var door = connection.door()) {
      new Following(door, screen::note, time -> Thread.sleep(time.toMillis()))
          .follow(id, this::tell);
    }
    return Tasks.hasFailed(last) ? Exit.FAILED : Exit.DONE;
  }

  private void tell(JsonNode event) {
    if (connection.isJson()) {
      teller.json(event);
    } else {
      screen.print(line(event));
    }
    if (event.has("state")) {
      last = event;
    }
  }

  private static String line(JsonNode event) {
    if (!event.has("kind") || Json.text(event, "kind").equals("gap")) {
      return "(what was here is forgotten)";
    }
    var line = new StringBuilder(Json.text(event, "time"));
    line.append("  ").append(Json.text(event, "kind"));
    if (event.has("worker")) {
      line.append("  attempt ").append(event.path("attempt").asInt());
      line.append(" at ").append(Json.text(event, "worker"));
    }
    if (event.has("progress")) {
      line.append("  ").append(event.path("progress").path("percent").asInt()).append(" % ");
      line.append(Json.text(event.path("progress"), "note"));
    }
    if (event.has("error")) {
      line.append("  ").append(Json.text(event.path("error"), "class"));
      line.append(": ").append(Json.text(event.path("error"), "message"));
    }
    if (event.has("nextAttemptAt")) {
      line.append("  until ").append(Json.text(event, "nextAttemptAt"));
    }
    return PlainText.of(line.toString());
  }
}
