package dev.warren.sender.ledger.intake;

import dev.warren.sender.ledger.database.LedgerDatabase;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Component {@code ledger} of the health: UNKNOWN with the reason while the ledger does not work,
 * never DOWN, since tasks are taken and done without it.
 */
final class LedgerHealthIndicator implements HealthIndicator {

  private final LedgerDatabase database;
  private final LedgerMetrics metrics;

  LedgerHealthIndicator(LedgerDatabase database, LedgerMetrics metrics) {
    this.database = database;
    this.metrics = metrics;
  }

  @Override
  public Health health() {
    var obstacle = database.obstacle();
    var health = obstacle == null ? Health.up() : Health.unknown().withDetail("reason", obstacle);
    return health
        .withDetail("depth", metrics.depth())
        .withDetail("ageSeconds", metrics.ageSeconds())
        .build();
  }
}
