package dev.warren.worker.consuming;

import dev.warren.worker.WorkerProperties;
import dev.warren.worker.handlers.TaskHandler;
import dev.warren.worker.reporting.TaskMetrics;
import dev.warren.worker.reporting.TasksInHand;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.connection.ConnectionNameStrategy;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What of the listener container has no property. */
@Configuration(proxyBeanMethods = false)
class ConsumingConfiguration {

  private static final Duration RETRY = Duration.ofSeconds(1);

  @Bean
  TaskListener taskListener(
      WorkerProperties properties,
      List<TaskHandler<?>> handlers,
      RabbitTemplate rabbit,
      TaskMetrics metrics,
      TasksInHand inHand) {
    var name = properties.name();
    var deadLetters = new DeadLetters(rabbit, name, Clock.systemUTC());
    return new TaskListener(name, new TaskHandlers(handlers), deadLetters, metrics, inHand);
  }

  @Bean
  ContainerCustomizer<SimpleMessageListenerContainer> taskContainer(WorkerProperties properties) {
    return container -> {
      container.setShutdownTimeout(properties.drainTimeout().toMillis());
      container.setRecoveryInterval(RETRY.toMillis());
      container.setFailedDeclarationRetryInterval(RETRY.toMillis());
      container.setConsumerTagStrategy(queue -> properties.name() + "-" + System.nanoTime());
      container.setPossibleAuthenticationFailureFatal(false); // the user may be made later
      if (container.getMessageListener() instanceof MessagingMessageListenerAdapter listener) {
        listener.setHeaderMapper(new NoHeaderMapper());
      }
    };
  }

  /** Buried tasks go over a connection of their own: an alarm blocks whoever publishes. */
  @Bean
  RabbitTemplateCustomizer publisherConnection() {
    return template -> template.setUsePublisherConnection(true);
  }

  @Bean
  ConnectionNameStrategy connectionName(WorkerProperties properties) {
    return factory -> properties.name();
  }

  /** Bodies stay bytes: what a foreign client sent must not be deserialized by what it claims. */
  @Bean
  MessageConverter rawBody() {
    return new RawBodyConverter();
  }

  /** RABBITMQ_URI is percent-encoded as every URI is; Boot takes its parts as they stand. */
  @Bean
  ConnectionFactoryCustomizer percentDecodedCredentials() {
    return factory -> {
      factory.setUsername(percentDecoded(factory.getUsername()));
      factory.setPassword(percentDecoded(factory.getPassword()));
      factory.setVirtualHost(percentDecoded(factory.getVirtualHost()));
    };
  }

  private static String percentDecoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
