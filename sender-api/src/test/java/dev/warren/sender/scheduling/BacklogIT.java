package dev.warren.sender.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.Execution;
import dev.warren.sender.Backlog;
import dev.warren.sender.BacklogCase;
import dev.warren.sender.scheduling.LostTasks.Sample;
import dev.warren.testdatabase.OnEveryDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done again and again reads what it is about, and not all that the ledger knows. */
@OnEveryDatabase
class BacklogIT extends BacklogCase {

  @Test
  void findsWhatIsDue() {
    var dueTasks =
        new DueTasks(
            null,
            backlog.jdbc(),
            backlog.batches(),
            backlog.transaction(),
            new SchedulingProperties(
                Duration.ofMillis(200), 50, Duration.ofSeconds(15), Duration.ofSeconds(1)));

    backlog.jdbc().sql("UPDATE task SET due_at = queued_at WHERE state = 'QUEUED'").update();

    assertThat(backlog.rowsRead(dueTasks::claim)).isBetween(50L, Backlog.FEW);
  }

  @Test
  void findsWhatIsLost() {
    backlog.jdbc().sql("UPDATE task SET due_at = NULL WHERE state = 'QUEUED'").update();
    var lostTasks = new LostTasks(backlog.jdbc(), backlog.transaction());
    var now = Instant.now();
    var sample = new Sample("QUEUED-1", "default", -1, Execution.FIRST, now);

    assertThat(backlog.rowsRead(() -> lostTasks.sample("default", Instant.EPOCH)))
        .isLessThan(Backlog.FEW);
    assertThat(backlog.rowsRead(() -> lostTasks.ended(List.of(sample), now)))
        .isLessThan(Backlog.FEW);
    assertThat(backlog.rowsRead(() -> lostTasks.recoverRunning("default", now, Duration.ZERO)))
        .isLessThan(Backlog.FEW);
    assertThat(backlog.rowsRead(() -> lostTasks.recoverQueued("default", Instant.EPOCH)))
        .isLessThan(Backlog.FEW);
    assertThat(backlog.rowsRead(() -> lostTasks.recoverQueued("default", now)))
        .isBetween(500L, Backlog.FEW);
  }

  @Test
  void findsWhatIsOld() {
    var retention =
        new Retention(
            new Leases(backlog.jdbc()),
            backlog.jdbc(),
            backlog.transaction(),
            new RetentionProperties(
                Duration.ofDays(49),
                Duration.ofDays(49),
                Duration.ofDays(1),
                Duration.ofMinutes(1),
                50,
                Duration.ZERO));

    assertThat(backlog.rowsRead(retention::clean)).isBetween(50L, Backlog.FEW);
    assertThat(backlog.rowsRead(retention::clean)).isLessThan(Backlog.FEW);
  }
}
