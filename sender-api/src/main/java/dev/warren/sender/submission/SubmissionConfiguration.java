package dev.warren.sender.submission;

import dev.warren.sender.publishing.TaskPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationPredicate;
import java.time.Clock;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** Puts {@code POST /send} in front of Spring MVC. */
@Configuration(proxyBeanMethods = false)
class SubmissionConfiguration {

  @Bean
  ServletRegistrationBean<SendEndpoint> sendEndpoint(
      TaskPublisher publisher, MeterRegistry meters, SubmissionProperties properties) {
    var endpoint =
        new SendEndpoint(
            publisher,
            new Submissions(Clock.systemUTC()),
            new SubmissionMetrics(meters),
            properties);
    var registration = new ServletRegistrationBean<>(endpoint, SendEndpoint.PATH);
    registration.setLoadOnStartup(1);
    return registration;
  }

  /** The hot path has metrics of its own; an observation of each request costs a tenth of it. */
  @Bean
  ObservationPredicate withoutSend() {
    return (name, context) ->
        !(context instanceof ServerRequestObservationContext http
            && http.getCarrier() != null
            && http.getCarrier().getRequestURI().equals(SendEndpoint.PATH));
  }
}
