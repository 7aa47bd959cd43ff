package dev.warren.sender.publishing;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One event loop, one connection, one channel with many confirms outstanding. */
@Configuration(proxyBeanMethods = false)
class PublishingConfiguration {

  /** Half of it for each of the two steps of the handshake. */
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);

  /** Of one thread, so that what runs on it needs no locks. */
  @Bean(destroyMethod = "")
  EventLoopGroup brokerLoop() {
    var threads = new DefaultThreadFactory("broker-loop", true);
    return new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
  }

  @Bean
  ConnectionFactoryCustomizer brokerConnection(EventLoopGroup brokerLoop) {
    return factory -> {
      factory.netty().eventLoopGroup(brokerLoop);
      factory.setHandshakeTimeout((int) HANDSHAKE_TIMEOUT.toMillis());
      // RABBITMQ_URI is percent-encoded as every URI is; Boot takes its parts as they stand.
      factory.setUsername(percentDecoded(factory.getUsername()));
      factory.setPassword(percentDecoded(factory.getPassword()));
      factory.setVirtualHost(percentDecoded(factory.getVirtualHost()));
    };
  }

  @Bean
  TaskPublisher taskPublisher(
      EventLoopGroup brokerLoop, PublishingProperties properties, MeterRegistry meters) {
    return new TaskPublisher(brokerLoop.next(), properties, meters);
  }

  @Bean
  BrokerLink brokerLink(
      ConnectionFactory connectionFactory,
      TaskPublisher publisher,
      PublishingProperties properties) {
    return new BrokerLink(connectionFactory, publisher, properties);
  }

  @Bean
  BrokerAddress brokerAddress(RabbitConnectionDetails details, CachingConnectionFactory factory) {
    var client = factory.getRabbitConnectionFactory();
    return new BrokerAddress(
        details.getFirstAddress().host(),
        client.getVirtualHost(),
        client.getUsername(),
        client.getPassword(),
        client.isSSL());
  }

  private static String percentDecoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
