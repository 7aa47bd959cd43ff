package dev.warren.sender.calls;

import dev.warren.sender.submission.AwaitedTasks;
import dev.warren.sender.submission.SubmissionMetrics;
import dev.warren.sender.submission.Submissions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every door to the services needs. */
@Configuration(proxyBeanMethods = false)
class CallsConfiguration {

  @Bean
  Calls calls(AwaitedTasks awaited, Submissions submissions, SubmissionMetrics metrics) {
    return new Calls(awaited, submissions, metrics);
  }
}
