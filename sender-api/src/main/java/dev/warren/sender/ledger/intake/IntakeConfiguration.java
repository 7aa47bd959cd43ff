package dev.warren.sender.ledger.intake;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueSource;
import dev.warren.sender.ledger.LedgerEvents;
import dev.warren.sender.ledger.TaskStore;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.publishing.TaskPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What feeds the ledger. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

  private static final int BATCH_SIZE = BrokerReads.MAX_PREFETCH;

  /** Few, and each may be as large as a task. */
  private static final int BURIED = 50;

  @Bean
  LedgerMetrics ledgerMetrics(BrokerReads broker, MeterRegistry meters) {
    return new LedgerMetrics(broker, meters);
  }

  @Bean
  LedgerHealthIndicator ledgerHealthIndicator(LedgerDatabase database, LedgerMetrics metrics) {
    return new LedgerHealthIndicator(database, metrics);
  }

  @Bean
  LedgerWriter ledgerWriter(
      TaskStore store, LedgerEvents events, LedgerMetrics metrics, LedgerDatabase database) {
    return new LedgerWriter(store, events, metrics, database::flush);
  }

  /** Gives way to the front door: what is accepted waits in the ledger's queue, safely. */
  @Bean
  Intake ledgerIntake(
      BrokerReads broker, LedgerWriter writer, LedgerDatabase database, TaskPublisher publisher) {
    var reader = broker.reader(QueueSource.named(TaskTopology.LEDGER_QUEUE), Pace.CAREFUL);
    return new Intake("ledger-intake", reader, writer, database, BATCH_SIZE, publisher::isBusy);
  }

  @Bean
  Intake buriedIntake(BrokerReads broker, LedgerWriter writer, LedgerDatabase database) {
    var reader = broker.reader(QueueSource.named(TaskTopology.DEAD_QUEUE), Pace.CAREFUL);
    return new Intake("buried-intake", reader, writer::bury, database, BURIED, () -> false);
  }
}
