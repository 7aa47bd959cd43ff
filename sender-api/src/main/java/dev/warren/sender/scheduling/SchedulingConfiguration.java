package dev.warren.sender.scheduling;

import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.control.QueuePauses;
import dev.warren.sender.ledger.TaskStore;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.sender.publishing.BulkPublisher;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.publishing.TaskPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Each job has a thread of its own, so that none waits for another. */
@Configuration(proxyBeanMethods = false)
class SchedulingConfiguration {

  @Bean
  Leases leases(JdbcClient jdbc) {
    return new Leases(jdbc);
  }

  @Bean
  Repeated schedulerJob(
      TaskStore store,
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batches,
      TransactionTemplate transaction,
      TaskPublisher publisher,
      BulkPublisher bulk,
      PublishingProperties publishing,
      LedgerDatabase database,
      SchedulingProperties properties,
      MeterRegistry meters) {
    var dueTasks = new DueTasks(store, jdbc, batches, transaction, properties);
    var scheduler = new Scheduler(dueTasks, publisher, bulk, publishing.queues(), meters);
    return new Repeated(
        "scheduler", properties.pollInterval(), whenUsable(database, scheduler::poll));
  }

  @Bean
  Repeated recoveryJob(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Leases leases,
      TaskPublisher publisher,
      PublishingProperties publishing,
      BrokerReads broker,
      CaughtUp caughtUp,
      QueuePauses pauses,
      LedgerDatabase database,
      RecoveryProperties properties,
      MeterRegistry meters) {
    var check =
        new RecoveryCheck(
            leases,
            new LostTasks(jdbc, transaction),
            publisher,
            broker,
            () -> caughtUp.caughtUp(properties.caughtUpWithin()).join(),
            pauses::paused,
            publishing.queues(),
            properties,
            meters);
    return new Repeated("recovery", properties.interval(), whenUsable(database, check::look));
  }

  @Bean
  Repeated retentionJob(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Leases leases,
      LedgerDatabase database,
      RetentionProperties properties) {
    var retention = new Retention(leases, jdbc, transaction, properties);
    return new Repeated("retention", properties.interval(), whenUsable(database, retention::clean));
  }

  private static Runnable whenUsable(LedgerDatabase database, Runnable turn) {
    return () -> {
      if (database.isUsable()) {
        turn.run();
      }
    };
  }
}
