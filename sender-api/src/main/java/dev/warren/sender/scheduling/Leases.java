package dev.warren.sender.scheduling;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which replica does a job that one is enough for, until it has not said so for a while. */
final class Leases {

  private final JdbcClient jdbc;
  private final String holder = UUID.randomUUID().toString();

  Leases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Whether the job is this replica's, for so long from now. */
  boolean hold(String job, Duration duration) {
    var now = now();
    return renew(job, now, now.plus(duration)) || take(job, now.plus(duration));
  }

  /** The database's clock, which is the same for all replicas. */
  Instant now() {
    return jdbc.sql("SELECT CURRENT_TIMESTAMP").query(OffsetDateTime.class).single().toInstant();
  }

  private boolean renew(String job, Instant now, Instant until) {
    var sql =
        """
        UPDATE lease SET holder = :holder, expires_at = :until
        WHERE name = :job AND (holder = :holder OR expires_at < :now)
        """;
    return jdbc.sql(sql)
            .param("job", job)
            .param("holder", holder)
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("until", until.atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  private boolean take(String job, Instant until) {
    var sql =
        """
        INSERT INTO lease (name, holder, expires_at) VALUES (:job, :holder, :until)
        ON CONFLICT DO NOTHING
        """;
    return jdbc.sql(sql)
            .param("job", job)
            .param("holder", holder)
            .param("until", until.atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }
}
