package dev.warren.testbroker;

import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test a {@link TestBroker}, one for the whole run, or a {@link VirtualHost} of its own.
 *
 * <p>A container where a Docker engine answers, else the native node; the environment variable
 * {@code WARREN_TEST_BROKER} ({@code native} or {@code docker}) decides otherwise. Where there is
 * neither, the test fails and says what to install.
 */
public final class BrokerExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    return type == TestBroker.class || type == VirtualHost.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var store = context.getRoot().getStore(NAMESPACE);
    var broker = store.computeIfAbsent(TestBroker.class, key -> started(), TestBroker.class);
    return parameter.getParameter().getType() == VirtualHost.class
        ? VirtualHost.on(broker)
        : broker;
  }

  private static TestBroker started() {
    var broker = choose(System.getenv().getOrDefault("WARREN_TEST_BROKER", ""));
    broker.start();
    return broker;
  }

  private static TestBroker choose(String wish) {
    return switch (wish.toLowerCase(Locale.ROOT)) {
      case "native" -> new NativeBroker();
      case "docker" -> new ContainerBroker();
      case "" -> ServerContainer.isAvailable() ? new ContainerBroker() : nativeOrFail();
      default ->
          throw new IllegalStateException(
              "WARREN_TEST_BROKER=" + wish + ": use native or docker, or leave it out");
    };
  }

  private static TestBroker nativeOrFail() {
    if (!NativeBroker.isInstalled()) {
      throw new IllegalStateException(
          "these tests need a RabbitMQ: run scripts/test, which installs it,"
              + " or apt-get install rabbitmq-server, or start a Docker engine");
    }
    return new NativeBroker();
  }
}
