package dev.warren.sender.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Of application.yaml: what encrypts the one door encrypts the other. */
class GrpcTlsTest {

  @Test
  void usesTheBundleOfTheWebServer() {
    var tls = tlsWith(Map.of("SERVER_SSL_BUNDLE", "http"));
    assertThat(tls.getEnabled()).isTrue();
    assertThat(tls.getBundle()).isEqualTo("http");
  }

  @Test
  void isPlain_whereTheWebServerIs() {
    assertThat(tlsWith(Map.of()).getEnabled()).isFalse();
  }

  private static GrpcServerProperties.Ssl tlsWith(Map<String, Object> variables) {
    var environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    return Binder.get(environment)
        .bind("spring.grpc.server", GrpcServerProperties.class)
        .get()
        .getSsl();
  }
}
