package dev.warren.sender.ledger;

import static dev.warren.contract.TaskState.CANCELLED;
import static dev.warren.contract.TaskState.DEAD;
import static dev.warren.contract.TaskState.EXPIRED;
import static dev.warren.contract.TaskState.QUEUED;
import static dev.warren.contract.TaskState.RETRY_WAIT;
import static dev.warren.contract.TaskState.RUNNING;
import static dev.warren.contract.TaskState.SCHEDULED;
import static dev.warren.contract.TaskState.SUCCEEDED;
import static dev.warren.sender.ledger.Messages.FAILURE;
import static dev.warren.sender.ledger.Messages.FIRST;
import static dev.warren.sender.ledger.Messages.PERMANENT;
import static dev.warren.sender.ledger.Messages.SECOND;
import static dev.warren.sender.ledger.Messages.TWICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.warren.contract.Execution;
import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskState;
import dev.warren.contract.WireMessage;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The states of a task, whatever is heard when. */
@OnEveryDatabase
class TaskStoreIT {

  private final TestDatabase database;
  private TestLedger ledger;
  private final Messages a = Messages.ofNewTask();
  private CompletableFuture<Void> other;

  TaskStoreIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void open() {
    ledger = new TestLedger(database);
  }

  @AfterEach
  void close() {
    ledger.close();
    database.close();
  }

  @Test
  void followsATaskFromItsCopyToItsEnd() {
    ledger.hear(a.copy(FIRST));
    assertThat(ledger.state(a.id())).isEqualTo(QUEUED);
    assertThat(ledger.time(a.id(), "queued_at"))
        .isCloseTo(Instant.now(), within(9, ChronoUnit.SECONDS));
    ledger.hear(a.running(FIRST, 1));
    assertThat(ledger.state(a.id())).isEqualTo(RUNNING);
    assertThat(ledger.column(a.id(), "worker", String.class)).isEqualTo("w1");
    ledger.hear(a.progress(FIRST, 1, 40));
    assertThat(ledger.column(a.id(), "progress_percent", Integer.class)).isEqualTo(40);
    ledger.hear(a.succeeded(FIRST));
    assertThat(ledger.state(a.id())).isEqualTo(SUCCEEDED);
    assertThat(ledger.column(a.id(), "result", byte[].class)).asString().isEqualTo("{\"by\":1}");
    assertThat(ledger.time(a.id(), "ended_at")).isNotNull();
    assertThat(ledger.events(a.id())).containsExactly("RUNNING", "SUCCEEDED");
  }

  @Test
  void keepsAllThatATaskTells() {
    var options =
        new TaskOptions(
            7,
            null,
            Instant.parse("2027-01-02T03:04:05.678Z"),
            Instant.parse("2028-01-02T03:04:05.678Z"),
            Duration.ofSeconds(9),
            new RetryPolicy(9, Duration.ofMillis(11), Duration.ofMillis(99), 1.5, 0.25),
            Map.of("customer", "7", "\u00e4", "\u0000\ud83d\ude00"));
    var all = Messages.with(options);
    ledger.hear(all.scheduled());
    assertThat(ledger.task(all.id())).usingRecursiveComparison().isEqualTo(all.task);
    assertThat(
            ledger.jdbc.queryForList(
                "SELECT name FROM task_label WHERE task_id = ?", String.class, all.id()))
        .containsExactlyInAnyOrder("customer", "\u00e4");
  }

  @Test
  void tellsNothingOfWhatFailed_onceItIsErased() {
    ledger.hear(a.copy(FIRST), a.succeeded(FIRST));
    ledger.jdbc.update("UPDATE task SET erased = TRUE WHERE id = ?", a.id());

    ledger.hear(a.failed(FIRST, FAILURE));

    assertThat(ledger.events(a.id())).contains("FAILED");
    assertThat(
            ledger.jdbc.queryForObject(
                "SELECT COUNT(*) FROM task_event WHERE error_class IS NOT NULL"
                    + " OR error_message IS NOT NULL",
                Long.class))
        .isZero();
  }

  @Test
  void triesNothingAgain_thatWasToBeCancelledWhileItRan() {
    ledger.hear(a.copy(FIRST), a.running(FIRST, 1));
    requestCancel();

    var said = ledger.hearAtOnce(List.of(a.failed(FIRST, FAILURE)));

    assertThat(ledger.state(a.id())).isEqualTo(CANCELLED);
    assertThat(ledger.time(a.id(), "due_at")).isNull();
    assertThat(ledger.time(a.id(), "ended_at")).isNotNull();
    assertThat(said).extracting(TaskEvent::kind).containsExactly(Kind.CANCELLED);
    assertThat(said.get(0).task().reply().caller()).isEqualTo("replica-1");
    ledger.hear(a.copy(SECOND), a.succeeded(SECOND));
    assertThat(ledger.due()).containsExactly(a.id());
    assertThat(ledger.state(a.id())).isEqualTo(CANCELLED);
  }

  @Test
  void callsNothingDead_thatWasToBeCancelledWhileItRan() {
    ledger.hear(a.copy(FIRST), a.running(FIRST, 1));
    requestCancel();

    var said = ledger.hearAtOnce(List.of(a.failed(FIRST, PERMANENT)));

    assertThat(ledger.state(a.id())).isEqualTo(CANCELLED);
    assertThat(ledger.column(a.id(), "dead_reason", String.class)).isNull();
    assertThat(ledger.column(a.id(), "fingerprint", String.class)).isNull();
    assertThat(said).extracting(TaskEvent::kind).containsExactly(Kind.CANCELLED);
  }

  @Test
  void believesAWorkerThatFinished_whatWasToBeCancelled() {
    ledger.hear(a.copy(FIRST), a.running(FIRST, 1));
    requestCancel();
    ledger.hear(a.succeeded(FIRST));
    assertThat(ledger.state(a.id())).isEqualTo(SUCCEEDED);
  }

  private void requestCancel() {
    ledger.jdbc.update("UPDATE task SET cancel_requested_at = CURRENT_TIMESTAMP");
  }

  @Test
  void countsEachEndOnce() {
    var ends = List.of(ledger.ended(SUCCEEDED, "none"), ledger.ended(EXPIRED, "none"));
    assertThat(ends).containsOnly(0.0);
    var done = a.succeeded(FIRST);
    ledger
        .inTransaction()
        .executeWithoutResult(
            status -> {
              ledger.hear(a.copy(FIRST), done);
              status.setRollbackOnly();
            });
    assertThat(ledger.ended(SUCCEEDED, "none")).isZero();
    ledger.hear(a.copy(FIRST), done, done);
    assertThat(ledger.ended(SUCCEEDED, "none")).isEqualTo(1);

    var dead = Messages.ofNewTask();
    var noticed = ledger.hearAtOnce(List.of(dead.copy(FIRST), dead.failed(FIRST, PERMANENT)));
    ledger.hear(dead.failed(FIRST, PERMANENT), noticed.get(0).toWire());
    assertThat(ledger.ended(DEAD, "permanent")).isEqualTo(1);

    var cancelled = Messages.ofNewTask();
    ledger.hear(cancelled.copy(FIRST), cancelled.running(FIRST, 1));
    requestCancel();
    ledger.hear(cancelled.failed(FIRST, PERMANENT), cancelled.failed(FIRST, PERMANENT));
    assertThat(ledger.ended(CANCELLED, "none")).isEqualTo(1);
    assertThat(ledger.ended(DEAD, "permanent")).isEqualTo(1);
  }

  @Test
  void countsWhatStrangersBuryAsOther() {
    ledger.bury(a.buried(Map.of("dead-reason", "too-many-deliveries")));
    assertThat(ledger.ended(DEAD, "too-many-deliveries")).isEqualTo(1);
    ledger.bury(Messages.ofNewTask().buried(Map.of("dead-reason", "no-json")));
    ledger.bury(Messages.ofNewTask().buried(Map.of("dead-reason", "none")));
    assertThat(ledger.ended(DEAD, "other")).isEqualTo(2);
  }

  @Test
  void everyOrderOfAHistoryEndsTheSame() {
    var second = FIRST.nextDispatch();
    assertSameInEveryOrder(
        m -> List.of(m.copy(FIRST), m.running(FIRST, 1), m.succeeded(FIRST)), SUCCEEDED);
    assertSameInEveryOrder(m -> List.of(m.copy(FIRST), m.failed(FIRST, FAILURE)), RETRY_WAIT);
    assertSameInEveryOrder(
        m -> List.of(m.copy(FIRST), m.running(FIRST, 1), m.failed(FIRST, FAILURE), m.copy(SECOND)),
        QUEUED);
    assertSameInEveryOrder(
        m ->
            List.of(
                m.copy(FIRST),
                m.failed(FIRST, FAILURE),
                m.copy(SECOND),
                m.running(SECOND, 1),
                m.failed(SECOND, FAILURE)),
        DEAD);
    assertSameInEveryOrder(
        m -> List.of(m.copy(FIRST), m.failed(FIRST, FAILURE), m.copy(SECOND), m.succeeded(SECOND)),
        SUCCEEDED);
    assertSameInEveryOrder(
        m ->
            List.of(
                m.copy(FIRST),
                m.copy(second),
                m.running(FIRST, 1),
                m.running(second, 1),
                m.succeeded(FIRST)),
        SUCCEEDED);
    assertSameInEveryOrder(
        m ->
            List.of(
                m.copy(FIRST), m.running(FIRST, 1), m.running(FIRST, 2), m.progress(FIRST, 1, 90)),
        RUNNING);
    assertSameInEveryOrder(
        m -> List.of(m.copy(FIRST), m.progress(FIRST, 1, 20), m.progress(FIRST, 1, 80)), RUNNING);
    assertSameInEveryOrder(
        m -> List.of(m.scheduled(), m.copy(FIRST), m.running(FIRST, 1)), RUNNING);
    assertSameInEveryOrder(m -> List.of(m.scheduled(), m.of(Kind.CANCELLED, FIRST)), CANCELLED);
    assertSameInEveryOrder(m -> List.of(m.copy(FIRST), m.of(Kind.EXPIRED, FIRST)), EXPIRED);
    assertSameInEveryOrder(m -> List.of(m.copy(FIRST), m.failed(FIRST, PERMANENT)), DEAD);
  }

  @Test
  void answersWhoTheCopyNames_whateverAFailureCarries() {
    var silent = Messages.ofNewTask();
    var failure = silent.ofNobody().failed(FIRST, PERMANENT);

    ledger.hear(failure);
    assertThat(ledger.due()).isEmpty();
    ledger.hear(silent.copy(FIRST), silent.copy(FIRST));
    assertThat(ledger.due()).containsExactly(silent.id());
    assertThat(ledger.task(silent.id()).reply().replyTo()).isEqualTo("reply.x");

    ledger.hear(a.copy(FIRST), a.ofNobody().succeeded(FIRST));
    assertThat(ledger.due()).containsExactly(a.id());
  }

  @Test
  void answersNobody_whereNobodyAsked() {
    var silent = a.ofNobody();
    ledger.hear(silent.copy(FIRST), silent.succeeded(FIRST));
    ledger.hearAtOnce(List.of(silent.copy(SECOND)));
    assertThat(ledger.due()).isEmpty();
  }

  @Test
  void answersNobody_whoOnlyKnowsTheIdOfATask() {
    var silent = a.ofNobody();
    ledger.hear(silent.copy(FIRST));
    ledger.hear(a.withPayload("{}").copy(FIRST), silent.succeeded(FIRST));
    ledger.hear(a.withPayload("{}").copy(FIRST));
    assertThat(ledger.due()).isEmpty();
    assertThat(ledger.task(a.id()).reply().replyTo()).isNull();
  }

  @Test
  void answersOfWhatCannotBeSent() {
    ledger.hear(a.copy(FIRST));
    ledger.store.unsendable(List.of(a.task));
    assertThat(ledger.due()).containsExactly(a.id());
  }

  @Test
  void changesNothing_whenAnythingComesTwice() {
    ledger.hear(a.copy(FIRST), a.failed(FIRST, FAILURE));
    var before = ledger.row(a.id());
    var due = ledger.time(a.id(), "due_at");
    ledger.hear(a.failed(FIRST, FAILURE), a.copy(FIRST));
    assertThat(ledger.row(a.id())).isEqualTo(before);
    assertThat(ledger.time(a.id(), "due_at")).isEqualTo(due);
    assertThat(ledger.events(a.id())).containsExactly("FAILED");
  }

  @Test
  void aTerminalStateNeverChanges() {
    var ends =
        List.<Function<Messages, WireMessage>>of(
            m -> m.succeeded(FIRST),
            m -> m.failed(FIRST, PERMANENT),
            m -> m.of(Kind.CANCELLED, FIRST),
            m -> m.of(Kind.EXPIRED, FIRST));
    for (var first : ends) {
      for (var second : ends) {
        var task = Messages.ofNewTask();
        ledger.hear(task.copy(FIRST), first.apply(task));
        var before = ledger.row(task.id());
        ledger.hear(second.apply(task), task.copy(SECOND), task.running(SECOND, 1));
        ledger.hear(
            task.failed(SECOND, FAILURE), task.succeeded(SECOND), task.progress(SECOND, 1, 1));
        assertThat(ledger.row(task.id())).isEqualTo(before);
      }
    }
  }

  @Test
  void theFirstOfTwoEndsInOneBatchHolds() {
    ledger.hearAtOnce(List.of(a.copy(FIRST), a.of(Kind.EXPIRED, FIRST), a.succeeded(FIRST)));
    assertThat(ledger.state(a.id())).isEqualTo(EXPIRED);
  }

  @Test
  void takesALateSuccessOfAnEarlierAttempt() {
    ledger.hear(a.copy(FIRST), a.failed(FIRST, FAILURE), a.copy(SECOND), a.running(SECOND, 1));
    ledger.hear(a.succeeded(FIRST));
    assertThat(ledger.state(a.id())).isEqualTo(SUCCEEDED);
    assertThat(ledger.task(a.id()).execution()).isEqualTo(FIRST);
  }

  @Test
  void takesNothingOfAnOlderRound() {
    var replayed = FIRST.nextRound();
    ledger.hear(a.copy(FIRST), a.failed(FIRST, PERMANENT));
    replay(a, replayed);
    var before = ledger.row(a.id());
    ledger.hear(a.succeeded(FIRST), a.failed(SECOND, PERMANENT), a.of(Kind.EXPIRED, FIRST));
    ledger.hear(a.copy(SECOND), a.running(SECOND, 1));
    ledger.bury(a.buried(Map.of()));
    assertThat(ledger.row(a.id())).isEqualTo(before);
    ledger.hear(a.copy(replayed));
    assertThat(ledger.state(a.id())).isEqualTo(QUEUED);
    ledger.hear(a.succeeded(replayed));
    assertThat(ledger.state(a.id())).isEqualTo(SUCCEEDED);
    assertThat(ledger.column(a.id(), "dead_reason", String.class)).isNull();
  }

  @Test
  void aNewerRoundOpensWhatHasEnded() {
    ledger.hear(a.copy(FIRST), a.failed(FIRST, PERMANENT), a.running(FIRST.nextRound(), 1));
    assertThat(ledger.state(a.id())).isEqualTo(RUNNING);
    assertThat(ledger.task(a.id()).execution().round()).isEqualTo(2);
  }

  @Test
  void waitsAsThePolicySaysAfterAFailure() {
    ledger.hear(a.copy(FIRST));
    var announced = ledger.hearAtOnce(List.of(a.failed(FIRST, FAILURE)));
    assertThat(announced).isEmpty();
    assertThat(ledger.state(a.id())).isEqualTo(RETRY_WAIT);
    assertThat(ledger.column(a.id(), "error_message", String.class)).isEqualTo("no luck 17");
    assertDueIn(a, TWICE.minBackoff());
  }

  @Test
  void waitsAsTheFailureSays_whenItDoes() {
    var later = new TaskFailure("Busy", "later", false, false, Duration.ofHours(1));
    ledger.hear(a.copy(FIRST), a.failed(FIRST, later));
    assertDueIn(a, Duration.ofHours(1));
  }

  @Test
  void asksTheRowForThePolicy_whenTheFailureTellsNone() {
    var once = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0);
    var options = new TaskOptions(null, null, null, null, null, once, Map.of());
    var task = Messages.with(options);
    var terse =
        Messages.with(
            task.failed(FIRST, FAILURE),
            "task.failed.none.message",
            task.id(),
            "message",
            Map.of());
    ledger.hear(task.copy(FIRST), terse);
    assertThat(ledger.state(task.id())).isEqualTo(DEAD);
  }

  @Test
  void saysSoOnce_whenAttemptsAreUsedUp() {
    ledger.hear(a.copy(FIRST), a.failed(FIRST, FAILURE), a.copy(SECOND));
    var announced =
        ledger.hearAtOnce(List.of(a.failed(SECOND, FAILURE), a.failed(SECOND, FAILURE)));
    assertThat(ledger.hearAtOnce(List.of(a.failed(SECOND, FAILURE)))).isEmpty();
    assertThat(announced).hasSize(1);
    assertThat(announced.get(0).toWire().routingKey()).isEqualTo("task.dead.replica-1.message");
    assertThat(announced.get(0).requireFailure()).isEqualTo(FAILURE);
    assertThat(ledger.state(a.id())).isEqualTo(DEAD);
    assertThat(ledger.column(a.id(), "dead_reason", String.class)).isEqualTo("attempts-used-up");
    assertThat(ledger.column(a.id(), "due_at", Object.class)).isNull();
    assertThat(ledger.column(a.id(), "payload", byte[].class)).isNotEmpty();
  }

  @Test
  void hearsItsOwnDeathNoticeAndChangesNothing() {
    ledger.hear(a.copy(FIRST));
    var announced = ledger.hearAtOnce(List.of(a.failed(FIRST, PERMANENT)));
    var before = ledger.row(a.id());
    ledger.hear(announced.get(0).toWire());
    assertThat(ledger.row(a.id())).isEqualTo(before);
    assertThat(ledger.events(a.id())).containsExactly("FAILED", "DEAD");
  }

  @Test
  void diesAtOnce_whenAFailureIsPermanent() {
    var announced = ledger.hearAtOnce(List.of(a.copy(FIRST), a.failed(FIRST, PERMANENT)));
    assertThat(announced).extracting(TaskEvent::kind).containsExactly(Kind.DEAD);
    assertThat(ledger.column(a.id(), "dead_reason", String.class)).isEqualTo("permanent");
  }

  @Test
  void groupsTheDeadThatDifferInNumbersOnly() {
    var b = Messages.ofNewTask();
    ledger.hear(a.failed(FIRST, new TaskFailure("E", "row 17 of 3", true, false, null)));
    ledger.hear(b.failed(FIRST, new TaskFailure("E", "row 18 of 44", true, false, null)));
    var c = Messages.ofNewTask();
    ledger.hear(c.failed(FIRST, new TaskFailure("E", "column 18 of 44", true, false, null)));
    var print = ledger.column(a.id(), "fingerprint", String.class);
    assertThat(print).isNotNull().isEqualTo(ledger.column(b.id(), "fingerprint", String.class));
    assertThat(print).isNotEqualTo(ledger.column(c.id(), "fingerprint", String.class));
  }

  @Test
  void publishesTheTaskAgainFromAFailureAlone() {
    ledger.hear(a.failed(FIRST, FAILURE));
    assertThat(ledger.task(a.id())).usingRecursiveComparison().isEqualTo(a.task);
  }

  @Test
  void keepsWhatItsCopyTold_whateverALaterFailureCarries() {
    var options = new TaskOptions(null, null, null, null, null, null, Map.of("c", "d"));
    var otherwise = new Messages(a.task.with(options));
    ledger.hear(a.copy(FIRST), otherwise.failed(FIRST, FAILURE));
    assertThat(ledger.task(a.id())).usingRecursiveComparison().isEqualTo(a.task);
    assertThat(
            ledger.jdbc.queryForList(
                "SELECT name FROM task_label WHERE task_id = ?", String.class, a.id()))
        .containsExactly("a");
  }

  @Test
  void waitsForTheDelayByItsOwnClock() {
    var options =
        new TaskOptions(null, Duration.ofMinutes(5), Instant.EPOCH, null, null, null, Map.of());
    var task = Messages.with(options);
    ledger.hear(task.scheduled());
    assertThat(ledger.state(task.id())).isEqualTo(SCHEDULED);
    assertDueIn(task, Duration.ofMinutes(5));
    ledger.hear(task.copy(FIRST));
    assertThat(ledger.column(task.id(), "due_at", Object.class)).isNull();
  }

  @Test
  void waitsUntilTheTime_whenThereIsNoDelay() {
    var at = Instant.parse("2031-01-02T03:04:05.678Z");
    var task = Messages.with(new TaskOptions(null, null, at, null, null, null, Map.of()));
    ledger.hear(task.scheduled());
    assertThat(ledger.time(task.id(), "due_at")).isEqualTo(at);
  }

  @Test
  void marksWhatTheSchedulerHasPublished() {
    ledger.hear(a.copy(FIRST), a.failed(FIRST, FAILURE));
    ledger.store.queued(List.of(a.task.at(SECOND)));
    assertThat(ledger.state(a.id())).isEqualTo(QUEUED);
    assertThat(ledger.task(a.id()).execution()).isEqualTo(SECOND);
    assertThat(ledger.column(a.id(), "due_at", Object.class)).isNull();
    ledger.hear(a.succeeded(SECOND));
    ledger.store.queued(List.of(a.task.at(SECOND.nextDispatch())));
    assertThat(ledger.state(a.id())).isEqualTo(SUCCEEDED);
  }

  @Test
  void fillsInNothing_whenItWasErased() {
    ledger.hear(a.succeeded(FIRST));
    ledger.jdbc.update("UPDATE task SET erased = TRUE WHERE id = ?", a.id());
    ledger.hear(a.copy(FIRST));
    assertThat(ledger.column(a.id(), "payload", byte[].class)).isNull();
  }

  @Test
  void buriedByAWorker() {
    var announced =
        ledger.bury(a.buried(Map.of("dead-reason", "no-json", "dead-detail", "it is not")));
    assertThat(ledger.state(a.id())).isEqualTo(DEAD);
    assertThat(ledger.column(a.id(), "dead_reason", String.class)).isEqualTo("no-json");
    assertThat(ledger.column(a.id(), "error_message", String.class)).isEqualTo("it is not");
    assertThat(ledger.column(a.id(), "queue", String.class)).isEqualTo("default");
    assertThat(announced).extracting(TaskEvent::kind).containsExactly(Kind.DEAD);
  }

  @Test
  void buriedByTheBroker() {
    ledger.hear(a.copy(FIRST), a.running(FIRST, 20));
    ledger.bury(a.buried(Map.of("x-death", List.of(Map.of("reason", "delivery_limit")))));
    assertThat(ledger.column(a.id(), "dead_reason", String.class)).isEqualTo("dropped-by-broker");
  }

  @Test
  void aBuriedTaskThatHasEndedStaysAsItIs() {
    ledger.hear(a.copy(FIRST), a.succeeded(FIRST));
    assertThat(ledger.bury(a.buried(Map.of()))).isEmpty();
    assertThat(ledger.state(a.id())).isEqualTo(SUCCEEDED);
  }

  @Test
  void givesAnIdToWhatWasBuriedWithoutOne_alwaysTheSame() {
    var nameless = Messages.with(a.buried(Map.of()), "dead", null, null, Map.of("x", "y"));
    var again =
        Messages.with(nameless, "dead", null, null, Map.of("x", "y", "x-delivery-count", 3));
    ledger.bury(nameless);
    ledger.bury(again);
    assertThat(ledger.jdbc.queryForList("SELECT type FROM task", String.class))
        .containsExactly("unknown");
  }

  @Test
  void cutsWhatIsTooLong() {
    var longText = "\ud83d\ude00\u0000".repeat(9000);
    var options = new TaskOptions(null, null, null, null, null, null, Map.of(longText, longText));
    var task = Messages.with(options);
    ledger.hear(task.copy(FIRST));
    ledger.hear(task.failed(FIRST, new TaskFailure(longText, longText, true, false, null)));
    assertThat(ledger.column(task.id(), "error_message", String.class))
        .startsWith("\ud83d\ude00\ufffd");
    assertThat(ledger.column(task.id(), "error_class", String.class)).hasSizeBetween(200, 255);
  }

  @Test
  void keepsWithinTheCalendar() {
    var wire = a.copy(FIRST);
    var headers =
        Map.<String, Object>of(
            "created-at",
            "+999999999-01-01T00:00:00Z",
            "expires-at",
            "-999999999-01-01T00:00:00Z",
            "delay-ms",
            Long.MAX_VALUE,
            "timeout-ms",
            Long.MAX_VALUE,
            "round",
            Long.MAX_VALUE,
            "labels",
            "none");
    ledger.hear(Messages.with(wire, "scheduled", a.id(), "message", headers));
    assertThat(ledger.state(a.id())).isEqualTo(SCHEDULED);
    assertThat(ledger.time(a.id(), "due_at"))
        .isAfter(Instant.now().plus(Duration.ofDays(36_000)))
        .isBefore(Instant.parse("9999-12-31T23:59:59Z"));
  }

  @Test
  void marksThatItHasCaughtUp() {
    ledger.jdbc.update(
        "INSERT INTO ledger_marker VALUES ('old', TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00Z')");
    ledger.store.apply(List.of(), List.of("m1", "m1"));
    ledger.store.apply(List.of(), List.of("m1"));
    assertThat(ledger.jdbc.queryForList("SELECT id FROM ledger_marker", String.class))
        .containsExactly("m1");
  }

  @Test
  void whoReadsOnMissesNothing_whenTwoWriteAtOnce() {
    var tail = new ArrayList<String>();
    ledger
        .inTransaction()
        .executeWithoutResult(
            status -> {
              ledger.hear(a.copy(FIRST), a.running(FIRST, 1));
              var b = Messages.ofNewTask();
              other = CompletableFuture.runAsync(() -> ledger.hear(b.copy(FIRST)));
              try {
                other.get(500, TimeUnit.MILLISECONDS); // enough, were it not made to wait
              } catch (TimeoutException e) {
                assertThat(other).isNotDone();
              } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
              }
              CompletableFuture.runAsync(() -> ledger.readOn(tail)).join();
            });
    other.join();
    ledger.readOn(tail);
    assertThat(tail)
        .isEqualTo(
            ledger.jdbc.queryForList(
                "SELECT sequence FROM task_event ORDER BY sequence", String.class))
        .hasSize(3);
  }

  @Test
  void saysWhatATaskBecameByEachEvent() {
    ledger.hear(a.scheduled());
    ledger.hear(a.copy(FIRST), a.running(FIRST, 1), a.progress(FIRST, 1, 10));
    ledger.hear(a.progress(FIRST, 1, 10), a.progress(FIRST, 1, 50), a.progress(FIRST, 1, 20));
    ledger.hear(a.failed(FIRST, FAILURE), a.progress(FIRST, 1, 90), a.copy(FIRST));
    ledger.store.queued(List.of(a.task.at(SECOND)));
    ledger.hear(a.copy(SECOND), a.failed(SECOND, FAILURE), a.running(SECOND, 1));
    assertThat(ledger.story(a.id()))
        .containsExactly(
            "SCHEDULED SCHEDULED",
            "QUEUED QUEUED",
            "RUNNING RUNNING",
            "PROGRESS RUNNING 10",
            "PROGRESS RUNNING 50",
            "FAILED RETRY_WAIT",
            "QUEUED QUEUED",
            "FAILED DEAD",
            "RUNNING null");
  }

  @Test
  void saysTheSame_whenAllIsHeardAtOnce() {
    ledger.hearAtOnce(
        List.of(
            a.copy(FIRST),
            a.running(FIRST, 1),
            a.progress(FIRST, 1, 10),
            a.progress(FIRST, 1, 50),
            a.succeeded(FIRST),
            a.progress(FIRST, 1, 90)));
    assertThat(ledger.story(a.id()))
        .containsExactly(
            "QUEUED QUEUED",
            "RUNNING RUNNING",
            "PROGRESS RUNNING 10",
            "PROGRESS RUNNING 50",
            "SUCCEEDED SUCCEEDED");
    var b = Messages.ofNewTask();
    ledger.hear(b.copy(FIRST));
    ledger.hearAtOnce(
        List.of(b.running(FIRST, 1), b.progress(FIRST, 1, 10), b.of(Kind.CANCELLED, FIRST)));
    assertThat(ledger.story(b.id()))
        .containsExactly(
            "QUEUED QUEUED", "RUNNING RUNNING", "PROGRESS RUNNING 10", "CANCELLED CANCELLED");
  }

  @Test
  void manyThatArriveAtOnceAreFewRows() {
    var tasks = Stream.generate(Messages::ofNewTask).limit(300).toList();
    ledger.hearAtOnce(tasks.stream().map(task -> task.copy(FIRST)).toList());
    var rows = ledger.jdbc.queryForList("SELECT arrivals FROM task_event", String.class);
    assertThat(rows).hasSize(3);
    assertThat(tasks).allMatch(task -> String.join("", rows).contains(task.id()));
  }

  @Test
  void keepsTheNewestOfMuchProgress() {
    ledger.hear(a.copy(FIRST), a.running(FIRST, 1));
    for (var i = 0; i < 20; i++) {
      var notes = new ArrayList<WireMessage>();
      for (var j = 0; j < 50; j++) {
        notes.add(a.progress(FIRST, 1, 7, "note " + (i * 50 + j)));
      }
      ledger.hearAtOnce(notes);
    }
    assertThat(
            ledger.jdbc.queryForList(
                "SELECT progress_note FROM task_event WHERE kind = 'PROGRESS' ORDER BY sequence",
                String.class))
        .hasSizeBetween(200, 300)
        .endsWith("note 999");
  }

  private void replay(Messages task, Execution execution) {
    ledger.jdbc.update(
        "UPDATE task SET state = 'SCHEDULED', round = ?, attempt = 1, dispatch = 1, position = ?,"
            + " dead_reason = NULL WHERE id = ? AND state = 'DEAD'",
        execution.round(),
        Position.of(execution, 0, Position.Rank.SCHEDULED),
        task.id());
  }

  private void assertDueIn(Messages task, Duration wait) {
    assertThat(ledger.time(task.id(), "due_at"))
        .isCloseTo(ledger.time(task.id(), "heard_at").plus(wait), within(2, ChronoUnit.MILLIS))
        .isCloseTo(Instant.now().plus(wait), within(9, ChronoUnit.SECONDS));
  }

  /** One by one, all in one batch, and each of them twice. */
  private void assertSameInEveryOrder(
      Function<Messages, List<WireMessage>> history, TaskState expected) {
    var base = Messages.ofNewTask();
    var indexes = permutations(history.apply(base).size());
    Map<String, Object> first = null;
    for (var order : indexes) {
      for (var way = 0; way < 3; way++) {
        var task = Messages.ofNewTask();
        var all = history.apply(task);
        var messages = order.stream().map(all::get).toList();
        if (way == 0) {
          messages.forEach(ledger::hear);
        } else if (way == 1) {
          ledger.hearAtOnce(messages);
        } else {
          ledger.hearAtOnce(messages.subList(0, 1));
          ledger.hearAtOnce(Stream.concat(messages.stream(), messages.stream()).toList());
        }
        var row = ledger.row(task.id());
        assertThat(row).as("order %s, way %s", order, way).containsEntry("state", expected.name());
        first = first == null ? row : first;
        assertThat(row).as("order %s, way %s", order, way).isEqualTo(first);
        assertThat(ledger.due())
            .as("answered in order %s, way %s", order, way)
            .isEqualTo(expected.isTerminal() ? List.of(task.id()) : List.of());
      }
    }
  }

  private static List<List<Integer>> permutations(int size) {
    if (size == 0) {
      return List.of(List.of());
    }
    var all = new ArrayList<List<Integer>>();
    for (var shorter : permutations(size - 1)) {
      for (var at = 0; at < size; at++) {
        var longer = new ArrayList<>(shorter);
        longer.add(at, size - 1);
        all.add(longer);
      }
    }
    return all;
  }
}
