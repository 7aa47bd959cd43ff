package dev.warren.sender.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.sender.Backlog;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Who follows events reads those that are new, and not all that the ledger knows. */
@OnEveryDatabase
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventReadsIT {

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
