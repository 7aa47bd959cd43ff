package dev.warren.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.cli.arguments.BadArgument;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.output.Screen;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The terminal's client: reads the command line, and has it done. */
public final class WarrenCli {

  private final Screen screen;
  private final Connection connection = new Connection();
  private final Teller teller;

  private WarrenCli(Screen screen) {
    this.screen = screen;
    this.teller = new Teller(screen, connection);
  }

  public static void main(String... args) {
    LogManager.getLogManager().reset(); // what the library of gRPC has to say is said by the answer
    var screen =
        new Screen(
            new BufferedReader(new InputStreamReader(System.in, UTF_8)),
            writer(FileDescriptor.out),
            writer(FileDescriptor.err),
            Ansi.AUTO.enabled());
    System.exit(run(screen, args));
  }

  /** The exit code. */
  static int run(Screen screen, String... args) {
    return new WarrenCli(screen).execute(args);
  }

  private int execute(String... args) {
    var line = new CommandLine(new CallCommand(screen, connection, teller));
    line.getCommandSpec().usageMessage().footer(CallCommand.footer());
    if (!namesType(line, args)) {
      commands().forEach(line::addSubcommand);
    }
    return line.setOut(screen.out())
        .setErr(screen.err())
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(screen.isColored() ? Ansi.ON : Ansi.OFF))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(this::misused)
        .setExecutionExceptionHandler(this::failed)
        .execute(args);
  }

  private List<Object> commands() {
    return List.of(
        new SendCommand(screen, connection, teller),
        new GetCommand(connection, teller),
        new WatchCommand(screen, connection, teller),
        new DeadLettersCommand(screen, connection, teller),
        new WorkersCommand(screen, connection, teller));
  }

  /**
   * Whether the first word is no command. Commands are then not known at all: picocli would find
   * them behind a type, too, and nobody named {@code send} could be searched for.
   */
  private boolean namesType(CommandLine line, String... args) {
    var names =
        commands().stream()
            .map(command -> command.getClass().getAnnotation(CommandLine.Command.class).name())
            .toList();
    for (var i = 0; i < args.length; i++) {
      var option = line.getCommandSpec().findOption(args[i]);
      if (option != null && option.usageHelp()) {
        return false;
      }
      if (option != null) {
        i += option.arity().min();
      } else if (!args[i].startsWith("--")) {
        return !names.contains(args[i]) && !Arrays.asList(args).contains("--help");
      }
    }
    return false;
  }

  private int misused(ParameterException misuse, String... args) {
    screen.complain(String.valueOf(misuse.getMessage()));
    screen.note("See: " + misuse.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return Exit.USAGE;
  }

  private int failed(Exception failure, CommandLine line, ParseResult parsed) throws Exception {
    if (failure instanceof Refused refused) {
      return teller.tell(refused);
    }
    if (failure instanceof BadArgument bad) {
      screen.complain(bad.reason());
      screen.note("See: scripts/call --help"); // which has the services
      return Exit.USAGE;
    }
    throw failure;
  }

  private static PrintWriter writer(FileDescriptor file) {
    return new PrintWriter(new OutputStreamWriter(new FileOutputStream(file), UTF_8), true);
  }
}
