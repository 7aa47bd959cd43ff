package dev.warren.sender.calls;

import dev.warren.sender.consuming.BrokerReads;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A name for this replica, and a queue that its replies come to. */
@Configuration(proxyBeanMethods = false)
class CallsConfiguration {

  @Bean
  Replica replica() {
    return Replica.random();
  }

  @Bean
  Replies replies(MeterRegistry meters) {
    return new Replies(meters);
  }

  @Bean
  ReplyListener replyListener(BrokerReads broker, Replica replica, Replies replies) {
    return new ReplyListener(broker, replica, replies);
  }
}
