package dev.warren.testbroker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.PortBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** A container that can be killed and frozen; its ports stay the same when it starts again. */
public final class ServerContainer {

  private final GenericContainer<?> container;

  public ServerContainer(GenericContainer<?> container) {
    this.container = container;
  }

  public static boolean isAvailable() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  /** Publishes one of its ports at one of this machine's that is free now, which it answers. */
  public int publish(int port) {
    var free = freePort();
    container.withCreateContainerCmdModifier(
        command ->
            Objects.requireNonNull(command.getHostConfig())
                .getPortBindings()
                .add(PortBinding.parse(free + ":" + port)));
    return free;
  }

  /** Until it answers. */
  public void start(Callable<Boolean> answers) {
    if (container.getContainerId() == null) {
      container.start();
    } else {
      docker().startContainerCmd(container.getContainerId()).exec();
    }
    Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(answers);
  }

  public void kill() {
    docker().killContainerCmd(container.getContainerId()).exec();
  }

  public void freeze() {
    docker().pauseContainerCmd(container.getContainerId()).exec();
  }

  public void thaw() {
    docker().unpauseContainerCmd(container.getContainerId()).exec();
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
