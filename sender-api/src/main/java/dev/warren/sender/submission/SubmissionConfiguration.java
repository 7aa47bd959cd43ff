package dev.warren.sender.submission;

import dev.warren.contract.PayloadReader;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.idempotency.Claims;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.replies.Replica;
import dev.warren.sender.replies.Replies;
import dev.warren.sender.requests.BodyFilter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationPredicate;
import jakarta.validation.Validator;
import java.time.Clock;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** Puts {@code POST /send} in front of Spring MVC, and the reading of bodies. */
@Configuration(proxyBeanMethods = false)
class SubmissionConfiguration {

  @Bean
  Submissions submissions(Validator validator, PublishingProperties publishing) {
    var reader = new TaskRequestReader(PayloadReader.strict(validator), publishing.queues());
    return new Submissions(reader, Clock.systemUTC());
  }

  @Bean
  OnceOnly onceOnly(
      TaskPublisher publisher,
      Submissions submissions,
      Claims claims,
      Tasks tasks,
      LedgerReads reads) {
    return new OnceOnly(publisher::publish, submissions, claims, tasks, reads);
  }

  @Bean
  AwaitedTasks awaitedTasks(
      OnceOnly onceOnly, SubmissionMetrics metrics, Replies replies, Replica replica, Tasks tasks) {
    return new AwaitedTasks(onceOnly, metrics, replies, replica, tasks);
  }

  @Bean
  SubmissionMetrics submissionMetrics(MeterRegistry meters) {
    return new SubmissionMetrics(meters);
  }

  @Bean
  ServletRegistrationBean<SendEndpoint> sendEndpoint(
      TaskPublisher publisher,
      OnceOnly onceOnly,
      Submissions submissions,
      SubmissionMetrics metrics,
      SubmissionProperties properties) {
    var endpoint = new SendEndpoint(publisher, onceOnly, submissions, metrics, properties);
    var registration = new ServletRegistrationBean<>(endpoint, SendEndpoint.PATH);
    registration.setLoadOnStartup(1);
    return registration;
  }

  @Bean
  FilterRegistrationBean<BodyFilter> taskBodies(SubmissionProperties properties) {
    var limit = TaskRequestReader.MAX_PAYLOAD + (int) properties.maxBodySize().toBytes();
    return new BodyFilter(limit, properties.requestTimeout()).before(TaskSubmissionEndpoint.PATH);
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
