package dev.warren.sender;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.grpc.server.autoconfigure.security.GrpcServerSecurityAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;

/** The sender API: the front door of Warren. */
@SpringBootApplication(
    exclude = {
      OpenTelemetryTracingAutoConfiguration.class, // see tracing
      GrpcServerSecurityAutoConfiguration.class // see CallAdmission
    })
@ConfigurationPropertiesScan
public class SenderApplication {

  public static void main(String[] args) {
    SpringApplication.run(SenderApplication.class, args);
  }
}
