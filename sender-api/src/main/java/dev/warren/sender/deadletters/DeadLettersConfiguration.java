package dev.warren.sender.deadletters;

import dev.warren.sender.requests.BodyFilter;
import java.time.Duration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DeadLettersConfiguration {

  @Bean
  FilterRegistrationBean<BodyFilter> replayBodies() {
    return new BodyFilter(64 * 1024, Duration.ofSeconds(10))
        .before(DeadLettersEndpoint.REPLAY_PATH);
  }
}
