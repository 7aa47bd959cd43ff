package dev.warren.sender.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.sender.Backlog;
import dev.warren.sender.BacklogCase;
import dev.warren.testdatabase.OnEveryDatabase;
import org.junit.jupiter.api.Test;

/** Who follows events reads those that are new, and not all that the ledger knows. */
@OnEveryDatabase
class EventReadsIT extends BacklogCase {

  @Test
  void findsTheEnds_andWhatIsBehindThem() {
    var queries = new EventQueries(backlog.jdbc());
    var ends = queries.ends();

    assertThat(ends.newest() / 128).isEqualTo(2 * Backlog.TASKS);
    assertThat(ends.forgotten()).isZero();
    assertThat(backlog.rowsRead(queries::ends)).isLessThan(Backlog.FEW);
    assertThat(backlog.rowsRead(() -> queries.after(ends.newest()))).isLessThan(Backlog.FEW);
    assertThat(backlog.rowsRead(() -> queries.after(0))).isBetween(1L, Backlog.FEW);
    assertThat(backlog.rowsRead(() -> queries.ofTask("DEAD-7", 0))).isBetween(1L, Backlog.FEW);
  }
}
