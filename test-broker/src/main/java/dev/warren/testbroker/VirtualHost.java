package dev.warren.testbroker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A virtual host that one test has to itself, so that names need not differ between tests. */
public final class VirtualHost {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final String PASSWORD = "secret";

  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(120);

  private final TestBroker broker;
  private final String name;

  private VirtualHost(TestBroker broker, String name) {
    this.broker = broker;
    this.name = name;
  }

  /** A new, empty one. */
  public static VirtualHost on(TestBroker broker) {
    var vhost = new VirtualHost(broker, "test-" + UUID.randomUUID());
    vhost.manage("PUT", "/api/vhosts/" + vhost.name, "{}");
    vhost.manage("POST", "/api/definitions", vhost.users());
    return vhost;
  }

  public String name() {
    return name;
  }

  /** As {@code RABBITMQ_URI} takes it, of a user that may do everything. */
  public String uri() {
    return broker.uri().replaceFirst("/%2F$", "/" + name);
  }

  /**
   * The same for a user that may do here what one of the installation's may: {@code sender-api},
   * {@code worker}, {@code replies} or {@code producer}.
   */
  public String uriOf(String user) {
    return uri().replaceFirst("//[^@]*@", "//" + ownNameOf(user) + ":" + PASSWORD + "@");
  }

  private String ownNameOf(String user) {
    return user + "-of-" + name;
  }

  private String users() {
    var all = BrokerUser.all();
    var admin = new BrokerUser(user(), "", ".*", ".*", ".*").permissions(user(), name);
    var permissions =
        all.stream().map(each -> each.permissions(ownNameOf(each.name()), name)).toList();
    return "{\"users\": [%s], \"permissions\": [%s, %s]}"
        .formatted(
            all.stream()
                .map(each -> each.definition(ownNameOf(each.name()), PASSWORD))
                .collect(Collectors.joining(", ")),
            admin,
            String.join(", ", permissions));
  }

  /** A plain connection of the test's own, of a user that may do everything. */
  public Connection connect() {
    return connect(uri());
  }

  /** A plain connection to where one of the URIs of this virtual host leads. */
  public Connection connect(String uri) {
    try {
      var factory = new ConnectionFactory();
      factory.setUri(uri);
      factory.setAutomaticRecoveryEnabled(false);
      factory.setHandshakeTimeout(60_000);
      return factory.newConnection("test");
    } catch (Exception e) {
      throw new IllegalStateException("no connection to the tests' broker", e);
    }
  }

  /** Takes a message off a queue; empty where there is none. */
  public Optional<GetResponse> take(String queue) {
    return onChannel(channel -> Optional.ofNullable(channel.basicGet(queue, true)));
  }

  /** Empties a queue. */
  public void purge(String queue) {
    onChannel(channel -> channel.queuePurge(queue));
  }

  /**
   * Does one thing on a connection of its own; what it publishes is confirmed then: a quorum queue
   * may lose a part of what was not, once its channel is closed.
   */
  public <T> T onChannel(ChannelCall<T> call) {
    try (var connection = connect();
        var channel = connection.createChannel()) {
      channel.confirmSelect();
      var result = call.on(channel);
      channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT.toMillis());
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What is done on a channel. */
  public interface ChannelCall<T> {
    T on(Channel channel) throws IOException;
  }

  /** Asks the management API, for example {@code manage("PUT", "/api/policies/...", json)}. */
  public String manage(String method, String path, String body) {
    var credentials =
        Base64.getEncoder().encodeToString(userInfo().getBytes(StandardCharsets.UTF_8));
    var request =
        HttpRequest.newBuilder(URI.create(broker.managementUri() + path))
            .method(method, BodyPublishers.ofString(body))
            .header("Authorization", "Basic " + credentials)
            .header("Content-Type", "application/json")
            .build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(method + " " + path + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String user() {
    return userInfo().split(":", 2)[0];
  }

  private String userInfo() {
    return URI.create(broker.uri()).getUserInfo();
  }
}
