package dev.warren.sender.queues;

import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.control.QueuePauses;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.publishing.BrokerAddress;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.scheduling.Repeated;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

@Configuration(proxyBeanMethods = false)
class QueuesConfiguration {

  private static final Duration METRICS_INTERVAL = Duration.ofSeconds(5);
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);

  @Bean
  Repeated queueMetricsJob(
      PublishingProperties publishing,
      BrokerReads broker,
      QueuePauses pauses,
      LedgerDatabase database,
      MeterRegistry meters) {
    var metrics = new QueueMetrics(publishing.queues(), broker, pauses, database, meters);
    return new Repeated("queue-metrics", METRICS_INTERVAL, metrics::look);
  }

  @Bean
  ManagementApi managementApi(QueuesProperties properties, BrokerAddress broker) {
    var http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    var requests = new JdkClientHttpRequestFactory(http);
    requests.setReadTimeout(READ_TIMEOUT);
    var client =
        RestClient.builder()
            .requestFactory(requests)
            .baseUrl(Objects.requireNonNullElseGet(properties.managementUrl(), () -> usual(broker)))
            .defaultHeaders(each -> each.setBasicAuth(broker.username(), broker.password()))
            .build();
    return new ManagementApi(client, broker);
  }

  private static URI usual(BrokerAddress broker) {
    return broker.isEncrypted()
        ? URI.create("https://" + broker.host() + ":15671")
        : URI.create("http://" + broker.host() + ":15672");
  }
}
