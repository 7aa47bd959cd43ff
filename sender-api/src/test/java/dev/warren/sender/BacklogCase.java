package dev.warren.sender;

import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.TestDatabase;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** A test of how many rows are read of a {@link Backlog}, which it is given once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BacklogCase {

  @Parameter Database kind;
  private TestDatabase database;
  protected Backlog backlog;

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
}
