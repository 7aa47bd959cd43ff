package dev.warren.sender.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.Execution;
import dev.warren.sender.LedgerSlice;
import dev.warren.sender.deadletters.DeadFilter.Label;
import dev.warren.sender.ledger.EventLog;
import dev.warren.sender.ledger.Position;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The dead are done again once each time someone asks, and what is erased is gone. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
class DeadLettersIT {

  private final TestDatabase database;
  private LedgerSlice slice;
  private Replays replays;
  private Erasures erasures;

  DeadLettersIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(VirtualHost vhost) {
    slice = LedgerSlice.on(vhost, database);
    replays =
        new Replays(slice.jdbc(), slice.batches(), slice.transaction(), slice.bean(EventLog.class));
    erasures = new Erasures(slice.jdbc(), slice.transaction());
  }

  @AfterEach
  void stop() {
    slice.close();
    database.close();
  }

  @Test
  void replay_opensANewRoundThatIsDue() {
    insertDead("task", Map.of("round", 2, "attempt", 5, "dispatch", 3));

    assertThat(replays.replay("task")).isEqualTo(Replays.Outcome.REPLAYED);

    var round = new Execution(3, 1, 1);
    assertThat(slice.row("task"))
        .containsEntry("state", "SCHEDULED")
        .containsEntry("round", 3)
        .containsEntry("attempt", 1)
        .containsEntry("dispatch", 1)
        .containsEntry("position", Position.of(round, 0, Position.Rank.SCHEDULED))
        .containsEntry("error_class", null)
        .containsEntry("error_message", null)
        .containsEntry("dead_reason", null)
        .containsEntry("fingerprint", null)
        .containsEntry("ended_at", null);
    assertThat(slice.time("task", "due_at")).isBeforeOrEqualTo(slice.now());
  }

  @Test
  void replay_refusesWhatIsNotDeadOrNotThere() {
    slice.insert("running", Map.of("state", "RUNNING"));
    insertDead("erased", Map.of());
    erasures.erase("erased");

    assertThat(replays.replay("running")).isEqualTo(Replays.Outcome.NOT_DEAD);
    assertThat(replays.replay("erased")).isEqualTo(Replays.Outcome.ERASED);
    assertThat(replays.replay("nobody")).isEqualTo(Replays.Outcome.NOT_FOUND);
  }

  @Test
  void replay_opensOneRound_whenAskedManyTimesAtOnce() {
    insertDead("task", Map.of());

    var outcomes = atOnce(8, () -> replays.replay("task"));

    assertThat(outcomes).containsOnlyOnce(Replays.Outcome.REPLAYED);
    assertThat(slice.row("task")).containsEntry("round", 2);
  }

  @Test
  void replayOfMany_opensOneRoundOfEach_whenAskedManyTimesAtOnce() {
    for (var i = 0; i < 1200; i++) {
      insertDead("task-" + i, Map.of());
    }

    var counts = atOnce(4, () -> replays.replay(DeadFilter.ALL, 0));

    assertThat(counts.stream().mapToInt(each -> each).sum()).isEqualTo(1200);
    assertThat(replays.count(DeadFilter.ALL)).isZero();
    assertThat(slice.jdbc().sql("SELECT MAX(round) FROM task").query(Integer.class).single())
        .isEqualTo(2);
  }

  @Test
  void replayOfMany_spreadsThemByTheRate() {
    for (var i = 0; i < 1200; i++) {
      insertDead("task-" + i, Map.of());
    }
    var before = slice.now();

    assertThat(replays.replay(DeadFilter.ALL, 100)).isEqualTo(1200);

    var perSecond = new HashMap<Long, Integer>();
    var first = before.plusHours(1);
    for (var i = 0; i < 1200; i++) {
      var due = slice.time("task-" + i, "due_at");
      first = due.isBefore(first) ? due : first;
    }
    for (var i = 0; i < 1200; i++) {
      var second = Duration.between(first, slice.time("task-" + i, "due_at")).toSeconds();
      perSecond.merge(second, 1, Integer::sum);
    }
    assertThat(perSecond)
        .hasSize(12)
        .allSatisfy((second, tasks) -> assertThat(tasks).isEqualTo(100));
  }

  @Test
  void eraseOfMany_goesThroughAllOfThem() {
    for (var i = 0; i < 1200; i++) {
      insertDead("task-" + i, Map.of());
    }

    assertThat(erasures.erase(DeadFilter.ALL)).isEqualTo(1200);
  }

  @Test
  void replayOfMany_leavesOutWhatDiesMeanwhile() {
    insertDead("task", Map.of("ended_at", slice.now().plusMinutes(1)));

    assertThat(replays.replay(DeadFilter.ALL, 0)).isZero();
  }

  @Test
  void dryRun_countsAndNamesWhatAReplayFinds() {
    for (var i = 0; i < 3; i++) {
      insertDead("task-" + i, Map.of("created_at", at("2026-01-0" + (i + 1) + "T00:00:00Z")));
    }
    insertDead("erased", Map.of());
    erasures.erase("erased");

    assertThat(replays.count(DeadFilter.ALL)).isEqualTo(3);
    assertThat(replays.firstIds(DeadFilter.ALL, 2)).containsExactly("task-0", "task-1");
    assertThat(erasures.count(DeadFilter.ALL)).isEqualTo(3);
    assertThat(erasures.firstIds(DeadFilter.ALL, 2)).containsExactly("task-0", "task-1");
    assertThat(slice.row("task-0")).containsEntry("state", "DEAD").containsEntry("erased", false);
  }

  @Test
  void filter_takesWhatIsTrueOfAllItNames() {
    insertDead(
        "match",
        Map.of(
            "type", "mail",
            "queue", "mails",
            "fingerprint", "f1",
            "created_at", at("2026-02-01T00:00:00Z")));
    label("match", "customer", "a'; DROP TABLE task; --");
    insertDead("other", Map.of());
    slice.insert("alive", Map.of("state", "QUEUED", "type", "mail"));
    var from = Instant.parse("2026-02-01T00:00:00Z");
    var label = new Label("customer", "a'; DROP TABLE task; --");

    assertThat(found(new DeadFilter("mail", null, null, null, null, null))).containsOnly("match");
    assertThat(found(new DeadFilter(null, "mails", null, null, null, null))).containsOnly("match");
    assertThat(found(new DeadFilter(null, null, label, null, null, null))).containsOnly("match");
    assertThat(found(new DeadFilter(null, null, null, "f1", null, null))).containsOnly("match");
    assertThat(found(new DeadFilter(null, null, null, null, from, null))).containsOnly("match");
    assertThat(found(new DeadFilter(null, null, null, null, null, from))).containsOnly("other");
    assertThat(found(new DeadFilter("mail", "mails", label, "f1", from, from.plusSeconds(1))))
        .containsOnly("match");
    assertThat(found(new DeadFilter("mail", "default", null, null, null, null))).isEmpty();
    assertThat(found(new DeadFilter(null, null, new Label("customer", "b"), null, null, null)))
        .isEmpty();
    assertThat(found(DeadFilter.ALL)).containsOnly("match", "other");
  }

  @Test
  void erase_leavesNothingOfItsContent() {
    insertDead("task", Map.of("result", "{}".getBytes(UTF_8), "progress_note", "secret"));
    failed("task");

    assertThat(erasures.erase("task")).isEqualTo(Erasures.Outcome.ERASED);

    assertThat(slice.row("task"))
        .containsEntry("erased", true)
        .containsEntry("state", "DEAD")
        .containsEntry("payload", null)
        .containsEntry("result", null)
        .containsEntry("error_class", null)
        .containsEntry("error_message", null)
        .containsEntry("progress_note", null);
    assertThat(
            slice
                .jdbc()
                .sql("SELECT COUNT(*) FROM task_event WHERE error_message IS NOT NULL")
                .query(Integer.class)
                .single())
        .isZero();
    assertThat(erasures.erase("task")).isEqualTo(Erasures.Outcome.ERASED);
  }

  @Test
  void erase_refusesWhatHasNotEnded() {
    for (var state : List.of("SCHEDULED", "QUEUED", "RUNNING", "RETRY_WAIT")) {
      slice.insert(state, Map.of("state", state));
      assertThat(erasures.erase(state)).isEqualTo(Erasures.Outcome.NOT_FINISHED);
      assertThat(slice.row(state))
          .containsEntry("erased", false)
          .doesNotContainEntry("payload", null);
    }
    for (var state : List.of("SUCCEEDED", "CANCELLED", "EXPIRED")) {
      slice.insert(state, Map.of("state", state));
      assertThat(erasures.erase(state)).isEqualTo(Erasures.Outcome.ERASED);
    }
    assertThat(erasures.erase("nobody")).isEqualTo(Erasures.Outcome.NOT_FOUND);
  }

  @Test
  void eraseOfMany_erasesTheDeadThatMatch() {
    for (var i = 0; i < 1200; i++) {
      insertDead("task-" + i, Map.of("queue", "mails"));
    }
    insertDead("other", Map.of());
    slice.insert("done", Map.of("state", "SUCCEEDED", "queue", "mails"));

    assertThat(erasures.erase(new DeadFilter(null, "mails", null, null, null, null)))
        .isEqualTo(1200);

    assertThat(slice.jdbc().sql("SELECT id FROM task WHERE NOT erased").query(String.class).list())
        .containsExactlyInAnyOrder("other", "done");
  }

  private List<String> found(DeadFilter filter) {
    return replays.firstIds(filter, 10);
  }

  private void insertDead(String id, Map<String, Object> columns) {
    var dead = new HashMap<String, Object>();
    dead.put("state", "DEAD");
    dead.put("ended_at", slice.now().minusSeconds(1));
    dead.put("dead_reason", "permanent");
    dead.put("error_class", "Broken");
    dead.put("error_message", "secret");
    dead.put("fingerprint", "f0");
    dead.putAll(columns);
    slice.insert(id, dead);
  }

  private void label(String id, String name, String value) {
    slice.insertInto(
        "task_label",
        Map.of("task_id", id, "name", name, "label", value, "created_at", slice.now()));
  }

  private void failed(String id) {
    var event = new HashMap<String, Object>();
    event.put("task_id", id);
    event.put("kind", "FAILED");
    event.put("round", 1);
    event.put("attempt", 1);
    event.put("dispatch", 1);
    event.put("delivery", 1);
    event.put("recorded_at", slice.now());
    event.put("error_class", "Broken");
    event.put("error_message", "secret");
    slice.insertInto("task_event", event);
  }

  private static <T> List<T> atOnce(int times, Supplier<T> call) {
    var calls =
        IntStream.range(0, times).mapToObj(i -> CompletableFuture.supplyAsync(call)).toList();
    return calls.stream().map(CompletableFuture::join).toList();
  }

  private static OffsetDateTime at(String time) {
    return Instant.parse(time).atOffset(ZoneOffset.UTC);
  }
}
