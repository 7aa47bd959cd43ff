package dev.warren.worker.consuming;

import dev.warren.contract.PayloadReader;
import dev.warren.contract.TaskTopology;
import dev.warren.worker.WorkerProperties;
import dev.warren.worker.execution.Attempts;
import dev.warren.worker.execution.TaskHandlers;
import dev.warren.worker.handlers.TaskHandler;
import dev.warren.worker.publishing.ConfirmedPublisher;
import dev.warren.worker.publishing.DeadLetters;
import dev.warren.worker.publishing.ExactProperties;
import dev.warren.worker.publishing.TaskEvents;
import dev.warren.worker.reporting.TaskMetrics;
import dev.warren.worker.reporting.TasksInHand;
import dev.warren.worker.tracing.TaskTraces;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.validation.Validator;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.rabbit.annotation.RabbitListenerConfigurer;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerEndpoint;
import org.springframework.amqp.rabbit.connection.ConnectionNameStrategy;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way of a task through this worker, and what of the listener containers has no property. */
@Configuration(proxyBeanMethods = false)
class ConsumingConfiguration {

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Clock CLOCK = Clock.systemUTC();

  @Bean
  TaskHandlers taskHandlers(List<TaskHandler<?, ?>> handlers) {
    return new TaskHandlers(handlers);
  }

  @Bean
  TaskMetrics taskMetrics(TaskHandlers handlers, MeterRegistry meters) {
    return new TaskMetrics(handlers.types(), meters);
  }

  @Bean
  Attempts attempts(WorkerProperties properties, MeterRegistry meters) {
    var attempts = new Attempts(properties.name(), CLOCK);
    Gauge.builder("warren.handlers.abandoned", attempts, Attempts::abandoned)
        .description("Handlers that go on after their deadline, deaf to their interrupt")
        .register(meters);
    return attempts;
  }

  @Bean
  ConfirmedPublisher confirmedPublisher(RabbitTemplate rabbit) {
    return new ConfirmedPublisher(rabbit);
  }

  @Bean
  TaskEvents taskEvents(
      WorkerProperties properties, ConfirmedPublisher publisher, RabbitTemplate rabbit) {
    return new TaskEvents(properties.name(), publisher, rabbit);
  }

  @Bean
  TaskListener taskListener(
      WorkerProperties properties,
      TaskHandlers handlers,
      Validator validator,
      Attempts attempts,
      ConfirmedPublisher publisher,
      TaskEvents events,
      TaskMetrics metrics,
      TaskTraces traces,
      TasksInHand inHand) {
    var name = properties.name();
    var report = new TaskReport(name, metrics);
    var payloads = PayloadReader.tolerant(validator);
    var execution =
        new TaskExecution(name, handlers, payloads, attempts, events, report, traces, CLOCK);
    var deadLetters = new DeadLetters(publisher, name, CLOCK);
    return new TaskListener(name, execution, events, deadLetters, report, metrics, inHand, CLOCK);
  }

  /** A container for each queue: the prefetch is a consumer's, which has but one queue. */
  @Bean
  RabbitListenerConfigurer taskQueues(
      WorkerProperties properties, TaskHandlers handlers, TaskListener listener) {
    var keys = WorkQueues.keys(properties.queues(), handlers.queues());
    return registrar ->
        keys.stream()
            .map(TaskTopology::queueOf)
            .forEach(queue -> registrar.registerEndpoint(endpoint(queue, listener)));
  }

  private static SimpleRabbitListenerEndpoint endpoint(String queue, TaskListener listener) {
    var endpoint = new SimpleRabbitListenerEndpoint();
    endpoint.setId(queue);
    endpoint.setQueueNames(queue);
    endpoint.setAutoStartup(false); // QueueGates opens it
    endpoint.setMessageListener(listener);
    return endpoint;
  }

  @Bean
  ContainerCustomizer<SimpleMessageListenerContainer> taskContainer(WorkerProperties properties) {
    return container -> {
      container.setShutdownTimeout(properties.drainTimeout().toMillis());
      container.setRecoveryInterval(RETRY.toMillis());
      container.setFailedDeclarationRetryInterval(RETRY.toMillis());
      container.setConsumerTagStrategy(queue -> properties.name() + "-" + System.nanoTime());
      container.setPossibleAuthenticationFailureFatal(false); // the user may be made later
      container.setMessagePropertiesConverter(new ExactProperties());
    };
  }

  /** Outcomes go over a connection of their own: an alarm blocks whoever publishes. */
  @Bean
  RabbitTemplateCustomizer publisherConnection() {
    return template -> template.setUsePublisherConnection(true);
  }

  @Bean
  ConnectionNameStrategy connectionName(WorkerProperties properties) {
    return factory -> properties.name();
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
