package dev.warren.testbroker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.PortBinding;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.rabbitmq.RabbitMQContainer;

/** RabbitMQ 4 in a container; its ports stay the same when it is started again. */
final class ContainerBroker implements TestBroker {

  private final int amqpPort = freePort();
  private final int managementPort = freePort();
  private final RabbitMQContainer container =
      new RabbitMQContainer("rabbitmq:4-management")
          .withExposedPorts(5672, 15672)
          .withCreateContainerCmdModifier(
              command ->
                  Objects.requireNonNull(command.withHostName("broker").getHostConfig())
                      .withPortBindings(
                          PortBinding.parse(amqpPort + ":5672"),
                          PortBinding.parse(managementPort + ":15672")));

  static boolean isAvailable() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  @Override
  public void start() {
    if (container.getContainerId() == null) {
      container.start();
    } else {
      docker().startContainerCmd(container.getContainerId()).exec();
      Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(this::answers);
    }
  }

  @Override
  public void kill() {
    docker().killContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void freeze() {
    docker().pauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void thaw() {
    docker().unpauseContainerCmd(container.getContainerId()).exec();
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

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
