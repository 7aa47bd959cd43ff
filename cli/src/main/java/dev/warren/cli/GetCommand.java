package dev.warren.cli;

import dev.warren.cli.doors.Refused;
import dev.warren.cli.doors.Tasks;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What has become of a task. */
@Command(
    name = "get",
    description =
        "Prints the result of a task, or why there is none; with --wait, once it is there. --json"
            + " prints all that is known of the task.")
final class GetCommand implements Callable<Integer> {

  private final Connection connection;
  private final Teller teller;

  @Parameters(paramLabel = "ID", description = "Of the task.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String id;

  GetCommand(Connection connection, Teller teller) {
    this.connection = connection;
    this.teller = teller;
  }

  @Override
  public Integer call() throws Refused {
    var wait = connection.waitOr(0);
    try (var door = connection.door()) {
      var task = door.get(id, wait);
      return connection.isJson() ? teller.tellTask(task) : teller.tell(Tasks.reply(task));
    }
  }
}
