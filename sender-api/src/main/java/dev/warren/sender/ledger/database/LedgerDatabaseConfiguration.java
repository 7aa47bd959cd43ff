package dev.warren.sender.ledger.database;

import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The ledger's database, which may be away. */
@Configuration(proxyBeanMethods = false)
class LedgerDatabaseConfiguration {

  /** Not at the start, which would fail without a database: {@link LedgerDatabase} does it. */
  @Bean
  FlywayMigrationStrategy migrateLater() {
    return flyway -> {};
  }

  @Bean
  LedgerDatabase ledgerDatabase(
      Flyway flyway, JdbcTemplate database, JdbcConnectionDetails connection) {
    var isH2 = connection.getJdbcUrl().startsWith("jdbc:h2:");
    return new LedgerDatabase(flyway, database, isH2);
  }
}
