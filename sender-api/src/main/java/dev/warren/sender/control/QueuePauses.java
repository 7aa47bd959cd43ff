package dev.warren.sender.control;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The queues that no worker is to take from; kept in the ledger's database. Blocks. */
@Component
public final class QueuePauses {

  private final JdbcClient database;

  QueuePauses(JdbcClient database) {
    this.database = database;
  }

  /**
   * How it is.
   *
   * @param asOf by the database's clock: all that was paused or resumed before is in it
   */
  record Standing(Set<String> paused, Instant asOf) {}

  /** Pausing twice changes nothing. */
  public void pause(String queue) {
    database
        .sql(
            "INSERT INTO queue_pause (queue, paused_at) VALUES (:queue, CURRENT_TIMESTAMP)"
                + " ON CONFLICT DO NOTHING")
        .param("queue", queue)
        .update();
  }

  /** What is not paused goes on as it was. */
  public void resume(String queue) {
    database.sql("DELETE FROM queue_pause WHERE queue = :queue").param("queue", queue).update();
  }

  /** Keys of those that are paused. */
  public Set<String> paused() {
    return new HashSet<>(database.sql("SELECT queue FROM queue_pause").query(String.class).list());
  }

  /** The time is taken first, so that what is not in it yet is told with a later one. */
  Standing standing() {
    var now = database.sql("SELECT CURRENT_TIMESTAMP").query(OffsetDateTime.class).single();
    return new Standing(paused(), now.toInstant());
  }
}
