package dev.warren.sender.foreign;

import com.rabbitmq.client.Address;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.util.UriUtils;

/** The replies to foreign callers, by a connection and perhaps a user of their own. */
@Configuration(proxyBeanMethods = false)
class ForeignConfiguration {

  private static final String CONNECTION_NAME = "replies";

  @Bean
  ForeignReplies foreignReplies(
      JdbcClient database,
      CachingConnectionFactory factory,
      RabbitConnectionDetails details,
      ForeignProperties properties,
      MeterRegistry meters) {
    var drops = new Drop.Counters(meters);
    var connection =
        new ReplyConnection(connector(factory, details, properties), drops, properties);
    return new ForeignReplies(database, connection, drops, properties);
  }

  /** As the publisher connects, but for the user. */
  private static ReplyConnection.Connector connector(
      CachingConnectionFactory publishers,
      RabbitConnectionDetails details,
      ForeignProperties properties) {
    var factory = publishers.getRabbitConnectionFactory().clone();
    factory.setAutomaticRecoveryEnabled(false);
    if (!properties.uri().isEmpty()) {
      var user = userIn(properties.uri());
      factory.setUsername(user[0]);
      factory.setPassword(user[1]);
    }
    var addresses =
        details.getAddresses().stream().map(each -> new Address(each.host(), each.port())).toList();
    return () -> factory.newConnection(addresses, CONNECTION_NAME);
  }

  private static String[] userIn(String uri) {
    var user = URI.create(uri).getRawUserInfo();
    var parts = user == null ? new String[0] : user.split(":", 2);
    if (parts.length < 2) {
      throw new IllegalArgumentException("RABBITMQ_REPLIES_URI names no user with a password");
    }
    return new String[] {decoded(parts[0]), decoded(parts[1])};
  }

  private static String decoded(String text) {
    return UriUtils.decode(text, StandardCharsets.UTF_8);
  }
}
