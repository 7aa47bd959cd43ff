package dev.warren.sender.idempotency;

import dev.warren.sender.ledger.database.LedgerDatabase;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Claims, each group of which is written within a bounded time. */
@Configuration(proxyBeanMethods = false)
class IdempotencyConfiguration {

  /** A replica that is frozen within a transaction must not hold up another. */
  private static final Duration TRANSACTION = Duration.ofSeconds(2);

  @Bean
  Claims claims(
      DataSource source, PlatformTransactionManager transactions, LedgerDatabase database) {
    var transaction = new TransactionTemplate(transactions);
    transaction.setTimeout((int) TRANSACTION.toSeconds());
    return new Claims(new ClaimStore(new JdbcTemplate(source), transaction), database);
  }
}
