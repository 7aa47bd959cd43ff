package dev.warren.sender.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.sender.LedgerSlice;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is old is forgotten, whole, and nothing else. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
class RetentionIT {

  private final TestDatabase database;
  private LedgerSlice slice;
  private Leases leases;

  RetentionIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(VirtualHost vhost) {
    slice = LedgerSlice.on(vhost, database);
    leases = new Leases(slice.jdbc());
  }

  @AfterEach
  void stop() {
    slice.close();
    database.close();
  }

  @Test
  void deletesWhatEndedLongAgo_withAllThatIsKnownOfIt() {
    insertEnded("done-old", "SUCCEEDED", 8);
    insertEnded("done-new", "SUCCEEDED", 6);
    insertEnded("cancelled-old", "CANCELLED", 8);
    insertEnded("expired-old", "EXPIRED", 8);
    insertEnded("dead-old", "DEAD", 31);
    insertEnded("dead-new", "DEAD", 29);
    slice.insert("queued", Map.of("state", "QUEUED"));

    retention(500).clean();

    assertThat(ids("SELECT id FROM task"))
        .containsExactlyInAnyOrder("done-new", "dead-new", "queued");
    assertThat(ids("SELECT task_id FROM task_event"))
        .containsExactlyInAnyOrder("done-new", "dead-new");
    assertThat(ids("SELECT task_id FROM task_label"))
        .containsExactlyInAnyOrder("done-new", "dead-new");
  }

  @Test
  void deletesInChunks_pastWhatItKeeps() {
    for (var i = 0; i < 25; i++) {
      insertEnded("done-" + i, "SUCCEEDED", 8);
      insertEnded("dead-" + i, "DEAD", 8);
    }

    retention(10).clean();

    assertThat(ids("SELECT id FROM task")).hasSize(25).allMatch(id -> id.startsWith("dead-"));
  }

  @Test
  void forgetsWhatWasClaimedADayAgo() {
    for (var hours : List.of(23, 25)) {
      for (var i = 0; i < 15; i++) {
        slice.insertInto(
            "claim",
            Map.of(
                "name",
                hours + "-" + i,
                "request",
                "",
                "task_id",
                "",
                "accepted_at",
                slice.now(),
                "made_at",
                slice.now().minusHours(hours),
                "holder",
                ""));
      }
    }

    retention(10).clean();

    assertThat(ids("SELECT name FROM claim")).hasSize(15).allMatch(name -> name.startsWith("23-"));
  }

  @Test
  void waitsForNobody() throws SQLException {
    insertEnded("held", "SUCCEEDED", 8);
    insertEnded("free", "SUCCEEDED", 8);
    try (var other = database.connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("UPDATE task SET progress_percent = 1 WHERE id = 'held'");

      retention(500).clean();

      other.rollback();
    }
    assertThat(ids("SELECT id FROM task")).containsExactly("held");

    retention(500).clean();
    assertThat(ids("SELECT id FROM task")).isEmpty();
  }

  @Test
  void cleansOnlyAtOneReplica() {
    insertEnded("old", "SUCCEEDED", 8);
    assertThat(new Leases(slice.jdbc()).hold("retention", Duration.ofMinutes(1))).isTrue();

    retention(500).clean();

    assertThat(ids("SELECT id FROM task")).containsExactly("old");
  }

  private Retention retention(int chunkSize) {
    var properties =
        new RetentionProperties(
            Duration.ofDays(7),
            Duration.ofDays(30),
            Duration.ofHours(24),
            Duration.ofMinutes(1),
            chunkSize,
            Duration.ofMillis(1));
    return new Retention(leases, slice.jdbc(), slice.transaction(), properties);
  }

  private void insertEnded(String id, String state, int daysAgo) {
    var endedAt = slice.now().minusDays(daysAgo);
    slice.insert(id, Map.of("state", state, "ended_at", endedAt));
    slice.insertInto(
        "task_label", Map.of("task_id", id, "name", "n", "label", "v", "created_at", endedAt));
    slice.insertInto(
        "task_event",
        Map.of(
            "task_id",
            id,
            "kind",
            "RUNNING",
            "round",
            1,
            "attempt",
            1,
            "dispatch",
            1,
            "delivery",
            1,
            "recorded_at",
            endedAt));
  }

  private List<String> ids(String sql) {
    return slice.jdbc().sql(sql).query(String.class).list();
  }
}
