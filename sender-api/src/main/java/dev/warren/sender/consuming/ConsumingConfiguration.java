package dev.warren.sender.consuming;

import java.util.Objects;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ConsumingConfiguration {

  @Bean
  BrokerReads brokerReads(ConnectionFactory connectionFactory) {
    return new BrokerReads(
        Objects.requireNonNull(connectionFactory.getPublisherConnectionFactory()));
  }
}
