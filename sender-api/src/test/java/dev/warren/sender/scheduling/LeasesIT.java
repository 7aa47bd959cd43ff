package dev.warren.sender.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.sender.LedgerSlice;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One replica does a job, and another when it does not come back. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
class LeasesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final TestDatabase database;
  private LedgerSlice slice;
  private Leases one;
  private Leases other;

  LeasesIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(VirtualHost vhost) {
    slice = LedgerSlice.on(vhost, database);
    one = new Leases(slice.jdbc());
    other = new Leases(slice.jdbc());
  }

  @AfterEach
  void stop() {
    slice.close();
    database.close();
  }

  @Test
  void isHeldByOne_whoMayHoldItOn() {
    assertThat(one.hold("job", Duration.ofMinutes(1))).isTrue();
    assertThat(other.hold("job", Duration.ofMinutes(1))).isFalse();
    assertThat(one.hold("job", Duration.ofMinutes(1))).isTrue();
    assertThat(other.hold("another job", Duration.ofMinutes(1))).isTrue();
  }

  @Test
  void goesToAnother_whenItsTimeIsOver() {
    assertThat(one.hold("job", Duration.ofMillis(200))).isTrue();

    await().atMost(PATIENCE).until(() -> other.hold("job", Duration.ofMinutes(1)));

    assertThat(one.hold("job", Duration.ofMinutes(1))).isFalse();
  }
}
