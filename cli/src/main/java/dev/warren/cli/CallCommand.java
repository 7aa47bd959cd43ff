package dev.warren.cli;

import static java.util.stream.Collectors.joining;

import dev.warren.cli.arguments.BadArgument;
import dev.warren.cli.arguments.Services;
import dev.warren.cli.doors.Door;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.menu.Menu;
import dev.warren.cli.output.Screen;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;

/** A call of a service, or without any argument a menu of them. */
@Command(
    name = "scripts/call",
    sortOptions = false,
    customSynopsis = {
      "scripts/call [OPTION...] TYPE [ARGUMENT...]",
      "       scripts/call [OPTION...] COMMAND",
      "       scripts/call",
      ""
    },
    description = {
      "Calls a service of Warren, and prints what it answers; without a TYPE it shows a menu.",
      ""
    },
    footerHeading = "%nServices:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the service has failed, and would again; or the task has",
      "2:something is wrong with what was asked; the text says what",
      "3:not answered yet; the text says how to ask later",
      "4:Warren cannot be reached, or not now; the text names the task that there may be"
    })
final class CallCommand implements Callable<Integer> {

  private static final int WAIT_SECONDS = 10;

  private final Screen screen;
  private final Teller teller;

  @Mixin private final Connection connection;

  @Parameters(
      arity = "0..*",
      paramLabel = "TYPE [ARGUMENT...]",
      hideParamSyntax = true,
      description = {
        "A service with its arguments, see below; or any type of task, and its payload as one"
            + " argument of JSON. - reads either from the standard input."
      })
  private List<String> words = List.of();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "This text; of a command: its own.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean isHelp;

  CallCommand(Screen screen, Connection connection, Teller teller) {
    this.screen = screen;
    this.connection = connection;
    this.teller = teller;
  }

  static String[] footer() {
    var services = Services.forms().stream().map(form -> "  " + form.synopsis() + "%n");
    return new String[] {
      services.collect(joining()),
      "Such as:%n"
          + "  scripts/call calculator.divide 10 4%n"
          + "  scripts/call directory.search João%n"
          + "  scripts/call http '{\"url\": \"https://example.org/\"}' --wait 30%n"
          + "  seq 1000 | scripts/call calculator.mean - --grpc%n%n"
          + "With --docker where Warren runs in containers."
    };
  }

  @Override
  public Integer call() throws Refused, BadArgument {
    var wait = connection.waitOr(WAIT_SECONDS);
    if (words.isEmpty()) {
      return menu(wait);
    }
    var type = words.get(0);
    var payload = teller.payload(type, words.subList(1, words.size()));
    try (var door = connection.door()) {
      return teller.tell(door.call(type, payload, wait));
    }
  }

  private int menu(Duration wait) {
    try (var door = connection.door()) {
      new Menu(screen, connection.place(), (type, payload) -> callOfMenu(door, type, payload, wait))
          .run();
    }
    return Exit.DONE;
  }

  /** Whatever comes of it, the menu goes on. */
  private void callOfMenu(Door door, String type, JsonNode payload, Duration wait) {
    try {
      teller.tell(door.call(type, payload, wait));
    } catch (Refused refused) {
      teller.tell(refused);
    }
  }
}
