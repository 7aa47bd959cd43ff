package dev.warren.sender.tracing;

import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/** Passes traces on; makes spans only where it is said who takes them. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

  @Bean
  RequestTraces requestTraces(ObjectProvider<Tracer> tracer) {
    return new RequestTraces(tracer.getIfAvailable(() -> Tracer.NOOP));
  }

  @Bean
  FilterRegistrationBean<TraceFilter> traceFilter() {
    var registration = new FilterRegistrationBean<>(new TraceFilter());
    registration.addUrlPatterns("/v1/*");
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  /** Else Boot would make spans, and throw them away. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("management.opentelemetry.tracing.export.otlp.endpoint")
  @Import(OpenTelemetryTracingAutoConfiguration.class)
  static class Exported {}
}
