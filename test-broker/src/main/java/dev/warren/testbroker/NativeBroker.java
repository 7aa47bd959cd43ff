package dev.warren.testbroker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The node that {@code scripts/broker} runs. */
final class NativeBroker implements TestBroker {

  private static final Path SERVER = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  private final ServerScript node =
      new ServerScript("broker", "RABBITMQ_PORT", "RABBITMQ_MANAGEMENT_PORT");

  private Properties environment = new Properties();

  static boolean isInstalled() {
    return Files.isExecutable(SERVER);
  }

  @Override
  public void start() {
    environment = node.start();
  }

  @Override
  public void kill() {
    node.run("kill");
  }

  @Override
  public void freeze() {
    node.run("suspend");
  }

  @Override
  public void thaw() {
    node.run("resume");
  }

  @Override
  public String ctl(String... arguments) {
    var command = new ArrayList<>(List.of("ctl"));
    command.addAll(List.of(arguments));
    return node.run(command.toArray(String[]::new));
  }

  @Override
  public String uri() {
    return environment.getProperty("RABBITMQ_URI");
  }

  @Override
  public String managementUri() {
    return environment.getProperty("RABBITMQ_MANAGEMENT_URL");
  }

  @Override
  public void close() {
    node.run("stop");
  }
}
