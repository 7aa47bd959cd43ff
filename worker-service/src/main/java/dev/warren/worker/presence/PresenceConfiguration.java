package dev.warren.worker.presence;

import dev.warren.worker.WorkerProperties;
import dev.warren.worker.reporting.TaskMetrics;
import dev.warren.worker.reporting.TasksInHand;
import java.time.Clock;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.amqp.autoconfigure.CachingConnectionFactoryConfigurer;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PresenceConfiguration {

  @Bean
  Presence presence(
      WorkerProperties properties,
      ObjectProvider<BuildProperties> build,
      RabbitListenerEndpointRegistry containers,
      @Value("${spring.rabbitmq.listener.simple.concurrency}") int concurrency,
      TasksInHand inHand,
      TaskMetrics metrics) {
    var version = build.stream().map(BuildProperties::getVersion).findFirst().orElse(null);
    return new Presence(
        properties.name(), version, containers, concurrency, inHand, metrics, Clock.systemUTC());
  }

  /** A connection of its own, and no bean, so that there is one for all the others. */
  @Bean
  PresenceTeller presenceTeller(
      WorkerProperties properties,
      Presence presence,
      CachingConnectionFactory others,
      CachingConnectionFactoryConfigurer configurer,
      ApplicationContext context) {
    var own = new CachingConnectionFactory(others.getRabbitConnectionFactory());
    configurer.configure(own);
    own.setConnectionNameStrategy(factory -> properties.name() + "#presence");
    own.setApplicationContext(context);
    return new PresenceTeller(presence, own);
  }
}
