package dev.warren.cli;

import dev.warren.cli.doors.Door;
import dev.warren.cli.doors.GrpcDoor;
import dev.warren.cli.doors.HttpDoor;
import dev.warren.cli.doors.Refused;
import dev.warren.cli.doors.Refused.Kind;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Where Warren is, by which door, and how long to wait there; options of every command. */
final class Connection {

  private static final int MAX_WAIT = 60;
  private static final int GRPC_PORT = 9090;
  private static final int MAX_PORT = 65535;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec command;

  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      defaultValue = "${env:WARREN_URL:-http://127.0.0.1:5044}",
      description = "Where the API is (default: WARREN_URL, else the Warren of this checkout).")
  @SuppressWarnings("NullAway.Init") // by picocli
  private URI url;

  @Option(
      names = "--key",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY",
      defaultValue = "${env:WARREN_KEY:-}",
      description = "A key of the API; better in WARREN_KEY, where nobody sees it.")
  private String key = "";

  @Option(
      names = "--grpc",
      scope = ScopeType.INHERIT,
      description = "By gRPC, not by HTTP; in plain text, unless the URL is https.")
  private boolean isGrpc;

  @Option(
      names = "--grpc-address",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      defaultValue = "${env:WARREN_GRPC_ADDRESS:-}",
      description = "Where (default: WARREN_GRPC_ADDRESS, else port 9090 of the URL's host).")
  private String grpcAddress = "";

  @Option(
      names = "--wait",
      scope = ScopeType.INHERIT,
      paramLabel = "SECONDS",
      description = "For an answer, 0 to 60; default: 10 for a call, 0 for send and get.")
  private @Nullable Integer wait;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print what was answered as JSON, failures too.")
  private boolean isJson;

  boolean isJson() {
    return isJson;
  }

  Duration waitOr(int seconds) {
    var wanted = wait == null ? seconds : wait;
    if (wanted < 0 || wanted > MAX_WAIT) {
      throw new ParameterException(command.commandLine(), "--wait: 0 to 60 seconds, not " + wanted);
    }
    return Duration.ofSeconds(wanted);
  }

  Door door() {
    return isGrpc ? GrpcDoor.to(grpcTarget(), isSecure(), apiKey()) : httpDoor();
  }

  /** For what gRPC does not have. */
  HttpDoor http() throws Refused {
    if (isGrpc) {
      throw new Refused(Kind.WRONG, "http-only", "gRPC has no such list; leave --grpc out.", null);
    }
    return httpDoor();
  }

  /** As a person may read it. */
  String place() {
    return isGrpc ? grpcTarget() + " (gRPC)" : url.toString();
  }

  private HttpDoor httpDoor() {
    requireUrl();
    return new HttpDoor(url, apiKey());
  }

  private String grpcTarget() {
    if (grpcAddress.isEmpty()) {
      requireUrl();
      return url.getHost() + ":" + GRPC_PORT;
    }
    var port = grpcAddress.substring(grpcAddress.lastIndexOf(':') + 1);
    if (!grpcAddress.matches("[^\\s/]+:\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
      throw new ParameterException(
          command.commandLine(), "--grpc-address: such as 127.0.0.1:9090, not " + grpcAddress);
    }
    return grpcAddress;
  }

  private boolean isSecure() {
    return "https".equals(url.getScheme());
  }

  private @Nullable String apiKey() {
    var stripped = key.strip();
    if (!stripped.matches("\\p{Graph}*")) { // a secret, so that it is not repeated
      throw new ParameterException(
          command.commandLine(), "--key, WARREN_KEY: a key has letters, digits and signs of ASCII");
    }
    return stripped.isEmpty() ? null : stripped;
  }

  private void requireUrl() {
    if (!("http".equals(url.getScheme()) || isSecure())
        || url.getHost() == null
        || url.getPort() > MAX_PORT) {
      throw new ParameterException(
          command.commandLine(), "--url: such as http://127.0.0.1:5044, not " + url);
    }
  }
}
