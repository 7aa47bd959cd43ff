package dev.warren.sender.control;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueLoop;
import dev.warren.sender.consuming.QueueSource;
import dev.warren.sender.ledger.Endings;
import dev.warren.sender.ledger.EventLog;
import dev.warren.sender.ledger.LedgerEvents;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.replies.Replica;
import dev.warren.sender.requests.BodyFilter;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class ControlConfiguration {

  private static final int PREFETCH = 100;

  @Bean
  Downlink downlink(
      TaskPublisher publisher, LedgerDatabase database, QueuePauses pauses, JdbcClient jdbc) {
    return new Downlink(publisher, database, pauses, atMost -> Cancellations.newest(jdbc, atMost));
  }

  @Bean
  QueueLoop downlinkLoop(BrokerReads broker, Replica replica, Downlink downlink) {
    var keys = List.of(TaskTopology.STARTED_WORKERS);
    var requests =
        broker.reader(QueueSource.ofEvents("api." + replica.name() + ".control", keys), PREFETCH);
    return new QueueLoop("downlink", requests, downlink);
  }

  @Bean
  Cancellations cancellations(
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batches,
      TransactionTemplate transaction,
      LedgerEvents events,
      Endings endings,
      EventLog log,
      Downlink downlink) {
    return new Cancellations(jdbc, batches, transaction, events, endings, log, downlink);
  }

  @Bean
  FilterRegistrationBean<BodyFilter> cancelBodies() {
    return new BodyFilter(64 * 1024, Duration.ofSeconds(10)).before(CancelEndpoint.FILTER_PATH);
  }
}
