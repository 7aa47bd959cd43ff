package dev.warren.cli;

import static java.util.stream.Collectors.joining;

import dev.warren.cli.doors.Refused;
import dev.warren.cli.output.Json;
import dev.warren.cli.output.Screen;
import dev.warren.cli.output.Table;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Who works. */
@Command(
    name = "workers",
    description = "Prints which workers there are, and what each is at. By HTTP only.")
final class WorkersCommand implements Callable<Integer> {

  private final Screen screen;
  private final Connection connection;
  private final Teller teller;

  WorkersCommand(Screen screen, Connection connection, Teller teller) {
    this.screen = screen;
    this.connection = connection;
    this.teller = teller;
  }

  @Override
  public Integer call() throws Refused {
    JsonNode workers;
    try (var door = connection.http()) {
      workers = door.list("/v1/workers");
    }
    if (connection.isJson()) {
      teller.json(workers);
      return Exit.DONE;
    }
    if (workers.path("data").isEmpty()) {
      screen.note("No worker has been heard.");
    } else {
      screen.print(table(workers.path("data")));
    }
    if (workers.hasNonNull("note")) {
      screen.note(Json.text(workers, "note"));
    }
    return Exit.DONE;
  }

  private static String table(JsonNode workers) {
    var table = new Table("name", "state", "done", "failed", "queues", "at");
    workers.forEach(
        worker ->
            table.row(
                Json.text(worker, "name"),
                Json.text(worker, "state"),
                Json.text(worker, "done"),
                Json.text(worker, "failed"),
                joined(worker.path("queues"), ""),
                joined(worker.path("slots"), "taskId")));
    return table.text();
  }

  private static String joined(JsonNode list, String field) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(each -> field.isEmpty() ? each.asString("") : Json.text(each, field))
        .collect(joining(","));
  }
}
