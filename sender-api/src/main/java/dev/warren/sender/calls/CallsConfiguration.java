package dev.warren.sender.calls;

import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.submission.AwaitedTasks;
import dev.warren.sender.submission.SubmissionMetrics;
import dev.warren.sender.submission.Submissions;
import java.time.Duration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every door to the services needs, and the one of HTTP. */
@Configuration(proxyBeanMethods = false)
class CallsConfiguration {

  @Bean
  Calls calls(AwaitedTasks awaited, Submissions submissions, SubmissionMetrics metrics) {
    return new Calls(awaited, submissions, metrics);
  }

  @Bean
  FilterRegistrationBean<BodyFilter> callBodies() {
    return new BodyFilter(Submissions.MAX_BODY, Duration.ofSeconds(10))
        .before(CallsEndpoint.FILTER_PATH);
  }
}
