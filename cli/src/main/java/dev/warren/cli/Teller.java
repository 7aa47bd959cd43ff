package dev.warren.cli;

import dev.warren.cli.arguments.BadArgument;
import dev.warren.cli.arguments.Services;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.doors.Reply;
import dev.warren.cli.doors.Tasks;
import dev.warren.cli.output.Json;
import dev.warren.cli.output.PlainText;
import dev.warren.cli.output.Results;
import dev.warren.cli.output.Screen;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Tells what was answered, for people or as JSON, and what that means as an exit code. */
final class Teller {

  private final Screen screen;
  private final Connection connection;

  Teller(Screen screen, Connection connection) {
    this.screen = screen;
    this.connection = connection;
  }

  int tell(Reply reply) {
    var result = reply.result();
    if (result != null) {
      if (connection.isJson()) {
        json(result);
      } else if (result.isNull() || result.isMissingNode()) {
        screen.note("Done; there is no result.");
      } else {
        screen.print(Results.text(result));
      }
      return Exit.DONE;
    }
    notYet(String.valueOf(reply.taskId()));
    return Exit.NOT_ANSWERED_YET;
  }

  /** All that is known of a task. */
  int tellTask(JsonNode task) {
    json(task);
    if (Tasks.hasFailed(task)) {
      return Exit.FAILED;
    }
    return Json.text(task, "state").equals("SUCCEEDED") ? Exit.DONE : Exit.NOT_ANSWERED_YET;
  }

  int tell(Refused refused) {
    var id = refused.taskId();
    if (connection.isJson()) {
      var problem = Json.object().put("code", refused.code()).put("detail", refused.detail());
      json(id == null ? problem : problem.put("taskId", id));
    } else {
      screen.complain(refused.code() + ": " + refused.detail());
      if (id != null && refused.kind() == Refused.Kind.UNAVAILABLE) {
        screen.note("It may be task " + id + "; see: scripts/call get " + id);
      }
    }
    return Exit.of(refused);
  }

  /** What the words after a type say, or the standard input where they are {@code -}. */
  JsonNode payload(String type, List<String> words) throws BadArgument {
    return words.equals(List.of("-"))
        ? Services.payload(type, screen.readAll())
        : Services.payload(type, words);
  }

  void json(JsonNode node) {
    screen.print(PlainText.ofJson(Json.write(node)));
  }

  private void notYet(String id) {
    if (connection.isJson()) {
      json(Json.object().put("taskId", id));
      return;
    }
    screen.note("Not answered yet. The task is not lost: it is done once a worker takes it.");
    screen.note("task   " + id);
    screen.note("later  scripts/call get " + id + " --wait 60");
  }
}
