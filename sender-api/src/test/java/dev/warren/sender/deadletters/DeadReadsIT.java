package dev.warren.sender.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.sender.Backlog;
import dev.warren.sender.BacklogCase;
import dev.warren.sender.ledger.EventLog;
import dev.warren.testdatabase.OnEveryDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** Who replays a part of the dead reads no more of them than that. */
@OnEveryDatabase
class DeadReadsIT extends BacklogCase {

  @Test
  void findsTheOldestDead() {
    var log = new EventLog(backlog.batches().getJdbcTemplate(), new SimpleMeterRegistry());
    var replays = new Replays(backlog.jdbc(), backlog.batches(), backlog.transaction(), log);

    assertThat(backlog.rowsRead(() -> replays.firstIds(DeadFilter.ALL, 50)))
        .isBetween(50L, Backlog.FEW);
  }
}
