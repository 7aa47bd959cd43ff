package dev.warren.worker.control;

import dev.warren.worker.WorkerProperties;
import dev.warren.worker.execution.Attempts;
import dev.warren.worker.reporting.PausedQueues;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ControlConfiguration {

  @Bean
  QueueGates queueGates(
      RabbitListenerEndpointRegistry containers, PausedQueues paused, WorkerProperties properties) {
    return new QueueGates(containers, paused, properties.drainTimeout());
  }

  @Bean
  ControlListener controlListener(
      WorkerProperties properties,
      ConnectionFactory connections,
      RabbitTemplate rabbit,
      Attempts attempts,
      QueueGates gates) {
    return new ControlListener(properties.name(), connections, rabbit, attempts, gates);
  }
}
