package dev.warren.sender.explaining;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskState;
import dev.warren.contract.WorkerPresence.Slot;
import dev.warren.sender.consuming.QueueCounts;
import dev.warren.sender.explaining.Explanation.Reason;
import dev.warren.sender.explaining.QueueSights.Sight;
import dev.warren.sender.following.TaskView.Failure;
import dev.warren.sender.workers.KnownWorkers;
import dev.warren.sender.workers.WorkerView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which of the facts is the reason, each alone and where several hold. */
class ExplanationTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:00:00Z");
  private static final Instant BEGAN = NOW.minusSeconds(10);
  private static final String ALARM = "low on memory";
  private static final Sight NO_QUEUE = new Sight(true, null, false);

  private TaskState state = TaskState.QUEUED;
  private Execution execution = Execution.FIRST;
  private int deliveries;
  private Instant dueAt;
  private Instant expiresAt;
  private Instant startedAt;
  private String worker;
  private String deadReason;
  private Failure error;
  private boolean hasPayload = true;
  private Sight sight = seen(5, 2);
  private Long ahead = 3L;
  private boolean isDeclared = true;
  private boolean isPaused;
  private String alarm;
  private String obstacle;
  private final List<WorkerView> workers = new ArrayList<>();
  private Map<String, Instant> departed = Map.of();

  @ParameterizedTest
  @EnumSource(
      value = TaskState.class,
      names = {"SUCCEEDED", "DEAD", "CANCELLED", "EXPIRED"})
  void isTheEnd_whateverElseHolds(TaskState end) {
    state = end;
    deadReason = "permanent";
    error = new Failure("E", "m");
    worker = "w";
    expiresAt = NOW.minusSeconds(1);
    alarm = ALARM;
    holdsIt("w", WorkerView.State.UP);

    assertThat(explanation().reason().name()).isEqualTo(end.name());
    assertThat(explanation().sentence()).doesNotContain("blocks", "has it", "who takes it next");
  }

  @Test
  void isWhyItIsDead() {
    state = TaskState.DEAD;
    deadReason = "attempts-used-up";
    error = new Failure("Boom", "line one\nline two");

    assertThat(explanation().sentence())
        .isEqualTo(
            "It is dead (attempts-used-up) at 2026-01-02T02:59:59Z: Boom: line one line two.");
  }

  @ParameterizedTest
  @CsvSource({"SCHEDULED, SCHEDULED", "RETRY_WAIT, BACKING_OFF"})
  void isItsTime_whileThatHasNotCome_whateverElseHolds(TaskState waiting, Reason expected) {
    state = waiting;
    dueAt = NOW.plusSeconds(60);
    error = new Failure("Boom", "again");
    alarm = ALARM;
    obstacle = "no connection";

    var explanation = explanation();

    assertThat(explanation.reason()).isEqualTo(expected);
    assertThat(explanation.sentence()).contains("2026-01-02T03:01:00Z");
    assertThat(explanation.details().until()).isEqualTo(dueAt);
    assertThat(explanation.sentence().contains("Attempt 1 of 5 failed"))
        .isEqualTo(waiting == TaskState.RETRY_WAIT);
    assertThat(explanation.sentence().contains("Boom: again."))
        .isEqualTo(waiting == TaskState.RETRY_WAIT);
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskState.class,
      names = {"SCHEDULED", "RETRY_WAIT"})
  void isWhatKeepsItFromBeingSent_onceItIsDue(TaskState waiting) {
    state = waiting;
    dueAt = NOW.minusSeconds(1);
    assertThat(explanation().reason()).isEqualTo(Reason.DUE);
    assertThat(explanation().sentence()).doesNotContain("late");

    dueAt = NOW.minusSeconds(5);
    assertThat(explanation().sentence()).contains("the scheduler is late");

    obstacle = "no connection";
    assertThat(explanation().reason()).isEqualTo(Reason.BROKER_UNAVAILABLE);
    assertThat(explanation().sentence()).contains("no connection");

    alarm = ALARM;
    assertThat(explanation().reason()).isEqualTo(Reason.BROKER_ALARM);
    assertThat(explanation().sentence()).contains(ALARM);

    hasPayload = false;
    assertThat(explanation().reason()).isEqualTo(Reason.PAYLOAD_UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskState.class,
      names = {"QUEUED", "RUNNING"})
  void isThatItWasLost(TaskState believed) {
    state = believed;
    dueAt = NOW.minusSeconds(1);
    assertThat(explanation().reason()).isEqualTo(Reason.LOST);

    alarm = ALARM;
    assertThat(explanation().reason()).isEqualTo(Reason.BROKER_ALARM);
  }

  /** In the order of what would have to go first, each with all the later ones. */
  @Test
  void isWhatHasToGoFirst() {
    sight = seen(0, 2);
    ahead = null;
    assertThat(explanation().reason()).isEqualTo(Reason.TAKEN);
    sight = seen(1, 2);
    assertThat(explanation().reason()).isEqualTo(Reason.NEXT);
    ahead = 3L;
    sight = seen(5, 2);
    assertThat(explanation().reason()).isEqualTo(Reason.BEHIND_OTHERS);
    state = TaskState.RUNNING;
    worker = "w";
    startedAt = BEGAN;
    departed = Map.of("w", NOW.minusSeconds(3));
    assertThat(explanation().reason()).isEqualTo(Reason.WORKER_GONE);
    sight = seen(5, 0);
    assertThat(explanation().reason()).isEqualTo(Reason.NO_CONSUMER);
    isPaused = true;
    assertThat(explanation().reason()).isEqualTo(Reason.QUEUE_PAUSED);
    sight = NO_QUEUE;
    assertThat(explanation().reason()).isEqualTo(Reason.QUEUE_MISSING);
    sight = Sight.NO_ANSWER;
    assertThat(explanation().reason()).isEqualTo(Reason.BROKER_UNAVAILABLE);
    alarm = ALARM;
    assertThat(explanation().reason()).isEqualTo(Reason.BROKER_ALARM);
    holdsIt("x", WorkerView.State.FROZEN);
    assertThat(explanation().reason()).isEqualTo(Reason.AT_SILENT_WORKER);
    workers.clear();
    holdsIt("x", WorkerView.State.UP);
    assertThat(explanation().reason()).isEqualTo(Reason.AT_WORKER);
  }

  @Test
  void saysHowManyAreBefore() {
    assertThat(explanation().sentence())
        .isEqualTo("It waits behind about 3 others in its queue mail, which 2 slots take from.");
    assertThat(explanation().details().ahead()).isEqualTo(3);

    ahead = 1L;
    assertThat(explanation().sentence()).contains("about 1 other in");

    ahead = TaskPlaces.MAX_AHEAD + 1;
    sight = seen(20_000, 2);
    assertThat(explanation().sentence()).contains("more than 10000 others");
  }

  @Test
  void isNeverBehindMoreThanThereAre() {
    ahead = 10L;
    sight = seen(3, 2);
    assertThat(explanation().details().ahead()).isEqualTo(2);

    sight = seen(1, 2);
    assertThat(explanation().reason()).isEqualTo(Reason.NEXT);
  }

  @Test
  void saysWhichSlotsAreBusy_andWhichWorkersAreSilent() {
    ahead = 0L;
    workers.add(worker("a", WorkerView.State.UP, slot("other", 1)));
    assertThat(explanation().sentence())
        .endsWith("which 2 slots take from; all that are known are busy.");

    workers.add(worker("b", WorkerView.State.FROZEN));
    assertThat(explanation().sentence()).endsWith("take from; 1 worker is silent.");
    assertThat(explanation().details().slots()).isEqualTo(2);
    assertThat(explanation().details().busySlots()).isEqualTo(1);
  }

  @Test
  void saysWhetherAMissingQueueComesBack() {
    sight = NO_QUEUE;
    assertThat(explanation().sentence()).contains("declared again within seconds");

    isDeclared = false;
    assertThat(explanation().sentence()).contains("WARREN_QUEUES");
  }

  @Test
  void isTheWorkerThatHasIt_evenWhereTheLedgerHasNotHeard() {
    sight = seen(0, 2);
    holdsIt("w", WorkerView.State.UP);

    var explanation = explanation();

    assertThat(explanation.reason()).isEqualTo(Reason.AT_WORKER);
    assertThat(explanation.sentence())
        .isEqualTo(
            "Worker w has it since 2026-01-02T02:59:50Z and has not acknowledged it, and may take until 2026-01-02T03:00:50Z.");
    assertThat(explanation.details().worker()).isEqualTo("w");
  }

  @Test
  void isNotTheWorkerThatHadAnEarlierAttempt() {
    execution = new Execution(1, 2, 1);
    holdsIt("w", WorkerView.State.UP);
    assertThat(explanation().reason()).isEqualTo(Reason.AT_WORKER);

    execution = new Execution(1, 3, 1);
    assertThat(explanation().reason()).isEqualTo(Reason.BEHIND_OTHERS);
  }

  @Test
  void isTheWorkerOfTheLedger_whereItDoesNotSayThatItIsThere() {
    state = TaskState.RUNNING;
    startedAt = BEGAN;
    worker = "foreign";
    assertThat(explanation().reason()).isEqualTo(Reason.AT_WORKER);
    assertThat(explanation().sentence()).startsWith("Worker foreign has it since");

    worker = null;
    assertThat(explanation().sentence()).startsWith("A worker has it since");

    startedAt = NOW.minusSeconds(3600);
    assertThat(explanation().sentence()).contains("should have ended by");
  }

  @Test
  void isTheLastWorkerThatGotIt_whereAnotherIsFrozenWithIt() {
    state = TaskState.RUNNING;
    startedAt = BEGAN;
    worker = "b";
    deliveries = 2;
    workers.add(worker("a", WorkerView.State.FROZEN, slot("task", 1)));
    workers.add(worker("b", WorkerView.State.UP));

    assertThat(explanation().reason()).isEqualTo(Reason.AT_WORKER);
    assertThat(explanation().sentence())
        .startsWith("Worker b")
        .endsWith("It was delivered 2 times; no delivery was acknowledged.");
  }

  @Test
  void isASilentWorker() {
    state = TaskState.RUNNING;
    startedAt = BEGAN;
    worker = "w";
    workers.add(worker("w", WorkerView.State.FROZEN));

    assertThat(explanation().reason()).isEqualTo(Reason.AT_SILENT_WORKER);
    assertThat(explanation().sentence()).contains("silent since 2026-01-02T02:59:45Z");
    assertThat(explanation().details().silentSince()).isNotNull();
  }

  @Test
  void isAWorkerThatIsGone_whereOneOfItsNameBeganAnew() {
    state = TaskState.RUNNING;
    worker = "w";
    startedAt = NOW.minusSeconds(400); // workers here began 300 s ago
    workers.add(worker("w", WorkerView.State.UP));

    assertThat(explanation().reason()).isEqualTo(Reason.WORKER_GONE);
    assertThat(explanation().sentence())
        .startsWith("Worker w, which began it at 2026-01-02T02:53:20Z, is gone.");
  }

  @Test
  void isNotAWorkerThatWasGoneBefore() {
    state = TaskState.RUNNING;
    worker = "w";
    startedAt = BEGAN;
    departed = Map.of("w", BEGAN.minusSeconds(60));

    assertThat(explanation().reason()).isEqualTo(Reason.AT_WORKER);
  }

  @Test
  void addsThatItsTimeIsOver_andThatNobodyCanSayWhatItDid() {
    expiresAt = NOW.minusSeconds(1);
    assertThat(explanation().sentence()).contains("Its time was over at");

    alarm = ALARM;
    holdsIt("w", WorkerView.State.UP);
    assertThat(explanation().sentence()).contains("no worker can say what it has done");
  }

  @Test
  void hasReasonsThatAreAllDescribed() throws Exception {
    try (var file =
        Objects.requireNonNull(Explanation.class.getResourceAsStream("/openapi.yaml"))) {
      var described = new String(file.readAllBytes(), UTF_8);
      for (var reason : Reason.values()) {
        assertThat(described).contains("            - " + reason.code() + "\n");
      }
    }
  }

  private Explanation explanation() {
    var task =
        new TaskFacts(
            "task",
            state,
            "mail",
            null,
            execution,
            5,
            deliveries,
            NOW.minusSeconds(30),
            dueAt,
            expiresAt,
            startedAt,
            state.isTerminal() ? NOW.minusSeconds(1) : null,
            Duration.ofSeconds(60),
            worker,
            deadReason,
            error,
            hasPayload,
            NOW);
    var known = new KnownWorkers(workers, departed, NOW);
    return Explanation.of(
        new Facts(task, sight, ahead, isPaused, isDeclared, alarm, obstacle, known));
  }

  private void holdsIt(String name, WorkerView.State workerState) {
    workers.add(worker(name, workerState, slot("task", execution.attempt())));
  }

  private static Slot slot(String taskId, int attempt) {
    return new Slot(taskId, "message", "mail", BEGAN, 1, attempt, 1, 1);
  }

  private static WorkerView worker(String name, WorkerView.State state, Slot... slots) {
    return new WorkerView(
        name,
        name + "-1",
        state,
        null,
        null,
        NOW.minusSeconds(300),
        List.of("mail"),
        1,
        List.of(slots),
        0,
        0,
        NOW.minusSeconds(15),
        state == WorkerView.State.FROZEN ? NOW.minusSeconds(15) : null);
  }

  private static Sight seen(long ready, long consumers) {
    return new Sight(true, new QueueCounts(ready, consumers), false);
  }
}
