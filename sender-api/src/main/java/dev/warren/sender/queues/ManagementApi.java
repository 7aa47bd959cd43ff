package dev.warren.sender.queues;

import dev.warren.sender.publishing.BrokerAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** RabbitMQ's management API, whose figures are a few seconds old; blocks. */
final class ManagementApi {

  private static final Logger log = LoggerFactory.getLogger(ManagementApi.class);

  private final RestClient client;
  private final BrokerAddress broker;

  ManagementApi(RestClient client, BrokerAddress broker) {
    this.client = client;
    this.broker = broker;
  }

  /** What it says of a queue. */
  record Figures(long unacknowledged, double rateIn, double rateOut) {

    static Figures of(JsonNode queue) {
      return new Figures(
          queue.path("messages_unacknowledged").asLong(0),
          queue.at("/message_stats/publish_details/rate").asDouble(0),
          queue.at("/message_stats/deliver_get_details/rate").asDouble(0));
    }
  }

  /** Empty where it cannot be asked. */
  Optional<Figures> figuresOf(String queue) {
    try {
      var answer =
          client
              .get()
              .uri("/api/queues/{vhost}/{queue}", broker.virtualHost(), queue)
              .retrieve()
              .body(JsonNode.class);
      return Optional.ofNullable(answer).map(Figures::of);
    } catch (RestClientException e) {
      log.debug("the management API does not answer", e);
      return Optional.empty();
    }
  }
}
