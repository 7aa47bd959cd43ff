package dev.warren.testbroker;

import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.rabbitmq.RabbitMQContainer;

/** RabbitMQ 4 in a container; its ports stay the same when it is started again. */
final class ContainerBroker implements TestBroker {

  private final RabbitMQContainer container =
      new RabbitMQContainer("rabbitmq:4-management")
          .withExposedPorts(5672, 15672)
          .withCreateContainerCmdModifier(command -> command.withHostName("broker"));

  private final ServerContainer server = new ServerContainer(container);
  private final int amqpPort = server.publish(5672);
  private final int managementPort = server.publish(15672);

  @Override
  public void start() {
    server.start(this::answers);
  }

  @Override
  public void kill() {
    server.kill();
  }

  @Override
  public void freeze() {
    server.freeze();
  }

  @Override
  public void thaw() {
    server.thaw();
  }

  @Override
  public String ctl(String... arguments) {
    var command = new ArrayList<>(List.of("rabbitmqctl"));
    command.addAll(List.of(arguments));
    try {
      var result = container.execInContainer(command.toArray(String[]::new));
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(command + " failed: " + result.getStderr());
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String uri() {
    return "amqp://%s:%s@%s:%d/%%2F"
        .formatted(
            container.getAdminUsername(),
            container.getAdminPassword(),
            container.getHost(),
            amqpPort);
  }

  @Override
  public String managementUri() {
    return "http://%s:%d".formatted(container.getHost(), managementPort);
  }

  @Override
  public void close() {
    container.stop();
  }

  private boolean answers() throws Exception {
    var factory = new ConnectionFactory();
    factory.setUri(uri());
    try (var connection = factory.newConnection()) {
      return connection.isOpen();
    }
  }
}
