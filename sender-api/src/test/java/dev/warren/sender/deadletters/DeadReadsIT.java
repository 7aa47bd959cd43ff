package dev.warren.sender.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.sender.Backlog;
import dev.warren.sender.ledger.EventLog;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Who replays a part of the dead reads no more of them than that. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadReadsIT {

  @Parameter private Database kind;
  private TestDatabase database;
  private Backlog backlog;

  @BeforeParameterizedClassInvocation
  void start(Database kind) {
    database = kind.fresh();
    backlog = Backlog.in(database);
  }

  @AfterParameterizedClassInvocation
  void stop() {
    backlog.close();
    database.close();
  }

  @Test
  void findsTheOldestDead() {
    var log = new EventLog(backlog.batches().getJdbcTemplate(), new SimpleMeterRegistry());
    var replays = new Replays(backlog.jdbc(), backlog.batches(), backlog.transaction(), log);

    assertThat(backlog.rowsRead(() -> replays.firstIds(DeadFilter.ALL, 50)))
        .isBetween(50L, Backlog.FEW);
  }
}
