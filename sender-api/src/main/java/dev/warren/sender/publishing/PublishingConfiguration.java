package dev.warren.sender.publishing;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
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
  ConnectionFactoryCustomizer brokerConnection(
      EventLoopGroup brokerLoop, RabbitConnectionDetails details) {
    return factory -> {
      if (factory.isSSL()) { // what Boot has set is for sockets of Java's, which Netty has none of
        factory.netty().sslContext(tlsOf(details.getSslBundle()));
      }
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
  BulkPublisher bulkPublisher(TaskPublisher publisher, PublishingProperties properties) {
    return new BulkPublisher(publisher::publish, Math.max(1, properties.maxInFlight() / 2));
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

  /**
   * Trusts whom the JDK does where no bundle is named; the broker's name is checked in any case.
   */
  private static SslContext tlsOf(@Nullable SslBundle bundle) {
    var tls = SslContextBuilder.forClient();
    if (bundle != null) {
      var managers = bundle.getManagers();
      tls.trustManager(managers.getTrustManagerFactory());
      tls.keyManager(managers.getKeyManagerFactory());
    }
    try {
      return tls.build();
    } catch (SSLException e) {
      throw new IllegalStateException("the SSL bundle of the broker cannot be used", e);
    }
  }

  private static String percentDecoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
