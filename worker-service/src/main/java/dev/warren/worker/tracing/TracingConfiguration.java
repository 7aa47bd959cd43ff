package dev.warren.worker.tracing;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Passes traces on; makes spans only where it is said who takes them. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

  @Bean
  TaskTraces taskTraces(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
    return new TaskTraces(
        tracer.getIfAvailable(() -> Tracer.NOOP), propagator.getIfAvailable(() -> Propagator.NOOP));
  }

  /** Else Boot would make spans, and throw them away. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("management.opentelemetry.tracing.export.otlp.endpoint")
  @Import(OpenTelemetryTracingAutoConfiguration.class)
  static class Exported {}
}
