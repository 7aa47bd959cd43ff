package dev.warren.cli;

import dev.warren.cli.arguments.BadArgument;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.doors.Tasks;
import dev.warren.cli.output.Json;
import dev.warren.cli.output.PlainText;
import dev.warren.cli.output.Screen;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a task, and prints its id. */
@Command(
    name = "send",
    description =
        "Sends a task and prints its id, without waiting for its end; with --wait its result, as"
            + " get does.")
final class SendCommand implements Callable<Integer> {

  private final Screen screen;
  private final Connection connection;
  private final Teller teller;

  @Parameters(index = "0", paramLabel = "TYPE", description = "Its type.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String type;

  @Parameters(
      index = "1..*",
      paramLabel = "ARGUMENT",
      description = "Its payload, as of a call: arguments, JSON, or - for the standard input.")
  private List<String> words = List.of();

  @Option(names = "--id", paramLabel = "ID", description = "An id of your own; it is taken once.")
  private @Nullable String id;

  @Option(names = "--queue", paramLabel = "QUEUE", description = "In place of the type's.")
  private @Nullable String queue;

  @Option(names = "--priority", paramLabel = "0..9", description = "The highest first.")
  private @Nullable Integer priority;

  @Option(names = "--delay", paramLabel = "SECONDS", description = "Not to be done before.")
  private @Nullable Integer delay;

  @Option(names = "--label", paramLabel = "NAME=VALUE", description = "To find it by.")
  private Map<String, String> labels = Map.of();

  SendCommand(Screen screen, Connection connection, Teller teller) {
    this.screen = screen;
    this.connection = connection;
    this.teller = teller;
  }

  @Override
  public Integer call() throws Refused, BadArgument {
    var wait = connection.waitOr(0);
    var request = Tasks.request(type, teller.payload(type, words));
    if (id != null) {
      request.put("taskId", id);
    }
    if (queue != null) {
      request.put("queue", queue);
    }
    if (priority != null) {
      request.put("priority", priority);
    }
    if (delay != null) {
      request.put("delaySeconds", delay);
    }
    if (!labels.isEmpty()) {
      var texts = request.putObject("labels");
      labels.forEach(texts::put);
    }
    try (var door = connection.door()) {
      var task = door.send(request, wait);
      if (!wait.isZero()) {
        return teller.tell(Tasks.reply(task));
      }
      if (connection.isJson()) {
        teller.json(task);
      } else {
        screen.print(PlainText.of(Json.text(task, "id")));
      }
      return Exit.DONE;
    }
  }
}
