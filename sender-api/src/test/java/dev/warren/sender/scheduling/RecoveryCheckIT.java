package dev.warren.sender.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.sender.LedgerSlice;
import dev.warren.sender.consuming.BrokerReads;
import dev.warren.sender.consuming.QueueSource;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the broker has lost is sent again, and nothing else. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class RecoveryCheckIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Duration EMPTY_FOR = Duration.ofMillis(500);

  private final TestDatabase database;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private VirtualHost vhost;
  private LedgerSlice slice;
  private boolean caughtUp = true;
  private Set<String> paused = Set.of();
  private RecoveryCheck check;

  RecoveryCheckIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(VirtualHost vhost) {
    this.vhost = vhost;
    slice =
        LedgerSlice.on(
                vhost,
                database,
                "--sender.publishing.declare-interval=1s",
                "--sender.publishing.settle-time=0s") // no broker is killed here
            .ready();
    check = check(EMPTY_FOR);
  }

  @AfterEach
  void stop() {
    slice.close();
    database.close();
  }

  @Test
  void recoversQueued_whenTheirQueueWasPurged() {
    for (var i = 0; i < 1200; i++) {
      insertQueued("task-" + i, -1);
    }
    publish("task-0");
    check.look();
    vhost.purge(TaskTopology.DEFAULT_QUEUE);

    await().atMost(PATIENCE).until(() -> lookUntilDue("task-0"));

    assertThat(recovered("queue-empty")).isEqualTo(1200);
  }

  @Test
  void recoversQueued_whenTheirQueueWasDeleted() {
    insertQueued("task", -1);
    publish("task");
    vhost.onChannel(channel -> channel.queueDelete(TaskTopology.DEFAULT_QUEUE));
    check.look();
    assertThat(isDue("task")).as("no queue to send it to").isFalse();

    await().atMost(PATIENCE).until(() -> lookUntilDue("task"));
  }

  @Test
  void recoversNothing_whileTheQueueHasDepth() {
    insertQueued("task", -1);
    publish("task");

    lookFor(EMPTY_FOR.multipliedBy(3));

    assertThat(isDue("task")).isFalse();
  }

  @Test
  void recoversNothing_whenTheQueueHadDepthInBetween() {
    insertQueued("task", -1);
    check.look();
    publish("task");
    check.look();
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    var emptied = slice.now();

    await().atMost(PATIENCE).until(() -> lookUntilDue("task"));

    assertThat(slice.time("task", "due_at")).isAfterOrEqualTo(emptied.plus(EMPTY_FOR));
  }

  @Test
  void recoversSoon_onlyWhereTheQueueHasAConsumer() {
    check = check(Duration.ofMinutes(5));
    insertQueued("task", -1);

    lookFor(EMPTY_FOR.multipliedBy(3));
    assertThat(isDue("task")).as("as a queue without a leader looks").isFalse();

    var queue = QueueSource.named(TaskTopology.DEFAULT_QUEUE);
    try (var reader = slice.bean(BrokerReads.class).reader(queue, 1)) {
      await()
          .atMost(PATIENCE)
          .until(() -> reader.next(Duration.ofMillis(10)) == null && lookUntilDue("task"));
    }
  }

  @Test
  void recoversNothing_whileTheLedgerHasNotCaughtUp() {
    insertQueued("task", -1);
    caughtUp = false;

    lookFor(EMPTY_FOR.multipliedBy(3));
    assertThat(isDue("task")).isFalse();

    caughtUp = true;
    check.look();
    assertThat(isDue("task")).isTrue();
  }

  @Test
  void recoversNothing_thatWasQueuedSinceTheFirstLook() {
    check.look();
    insertQueued("task", 0);
    var queued = slice.now();

    await().atMost(PATIENCE).until(() -> slice.now().isAfter(queued.plus(EMPTY_FOR)));
    check.look();

    assertThat(isDue("task")).isFalse();
  }

  @Test
  void recoversNothing_thatCannotBeSent() {
    var unheard = queued(-1);
    unheard.put("payload", null);
    slice.insert("unheard", unheard);
    var erased = queued(-1);
    erased.put("erased", true);
    slice.insert("erased", erased);
    insertQueued("task", -1);

    await().atMost(PATIENCE).until(() -> lookUntilDue("task"));

    assertThat(isDue("unheard")).isFalse();
    assertThat(isDue("erased")).isFalse();
  }

  @Test
  void recoversRunning_whoseTimeoutHasLongPassed() {
    insertRunning("silent", 60_000, -62);
    insertRunning("within-grace", 60_000, -60);
    insertRunning("within-timeout", 600_000, -100);

    await().atMost(PATIENCE).until(() -> lookUntilDue("silent"));

    assertThat(isDue("within-grace")).isFalse();
    assertThat(isDue("within-timeout")).isFalse();
    assertThat(recovered("worker-silent")).isEqualTo(1);
  }

  @Test
  void recoversNoRunning_whileTheQueueHasDepth() {
    insertRunning("silent", 60_000, -100);
    publish("silent");

    lookFor(EMPTY_FOR.multipliedBy(3));

    assertThat(isDue("silent")).isFalse();
  }

  @Test
  void recoversOvertaken_thoughTheQueueHasDepth() {
    publish("other");
    check.look();
    insertQueued("overtaken", -10);
    insertQueued("in-time", -1);
    var urgent = queued(-10);
    urgent.put("priority", 9);
    slice.insert("of-other-priority", urgent);
    var elsewhere = queued(-10);
    elsewhere.put("queue", "images");
    slice.insert("of-other-queue", elsewhere);
    insertRunning("silent", 1000, -10);
    insertRunning("within-timeout", 600_000, -10);
    insertRunning("since-then", 1000, -3);
    insertQueued("last", 0);
    check.look();
    end("last", "state = 'SUCCEEDED'");

    await().atMost(PATIENCE).until(() -> lookUntilDue("overtaken"));

    assertThat(isDue("silent")).isTrue();
    assertThat(List.of("within-timeout", "since-then")).noneMatch(this::isDue);
    assertThat(List.of("in-time", "of-other-priority", "of-other-queue")).noneMatch(this::isDue);
    assertThat(recovered("overtaken")).isEqualTo(1);
  }

  @Test
  void recoversOvertaken_thoughTheLastOfItsQueueWasLostToo() {
    publish("other");
    check.look();
    insertQueued("overtaken", -10);
    for (var i = 0; i < 100; i++) {
      insertQueued("last-" + i, 0);
      check.look();
    }
    end("last-0", "state = 'DEAD'");

    await().atMost(PATIENCE).until(() -> lookUntilDue("overtaken"));
  }

  @Test
  void doesNotBelieveOvertakers_enteredWhileTheLedgerLagged() {
    publish("other");
    insertQueued("behind", -10);
    check.look();
    caughtUp = false;
    check.look();
    insertQueued("entered-late", 0);
    caughtUp = true;
    check.look();
    check.look();
    end("entered-late", "state = 'SUCCEEDED'");

    lookFor(EMPTY_FOR.multipliedBy(3));

    assertThat(isDue("behind")).isFalse();
  }

  @Test
  void doesNotBelieveOvertakers_thatEndedByAnotherExecution() {
    publish("other");
    check.look();
    insertQueued("behind", -10);
    var sentAgain = queued(0);
    sentAgain.put("dispatch", 2);
    slice.insert("sent-again", sentAgain);
    check.look();
    end("sent-again", "state = 'SUCCEEDED', dispatch = 1");
    insertQueued("expired", 0);
    check.look();
    end("expired", "state = 'EXPIRED'");

    lookFor(EMPTY_FOR.multipliedBy(3));

    assertThat(isDue("behind")).isFalse();
  }

  @Test
  void recoversNothing_whileTheQueueIsPaused() {
    insertQueued("task", -1);
    paused = Set.of("default");

    lookFor(EMPTY_FOR.multipliedBy(3));
    assertThat(isDue("task")).isFalse();

    paused = Set.of();
    await().atMost(PATIENCE).until(() -> lookUntilDue("task"));
  }

  @Test
  void looksOnlyAtOneReplica() {
    insertQueued("task", -1);
    assertThat(new Leases(slice.jdbc()).hold("recovery", Duration.ofMinutes(1))).isTrue();

    lookFor(EMPTY_FOR.multipliedBy(3));

    assertThat(isDue("task")).isFalse();
  }

  private RecoveryCheck check(Duration desertedFor) {
    var properties =
        new RecoveryProperties(
            Duration.ofSeconds(10),
            EMPTY_FOR,
            desertedFor,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));
    return new RecoveryCheck(
        new Leases(slice.jdbc()),
        new LostTasks(slice.jdbc(), slice.transaction()),
        slice.bean(TaskPublisher.class),
        slice.bean(BrokerReads.class),
        () -> caughtUp,
        () -> paused,
        List.of("default"),
        properties,
        meters);
  }

  private void lookFor(Duration duration) {
    var end = slice.now().plus(duration);
    await()
        .until(
            () -> {
              check.look();
              return slice.now().isAfter(end);
            });
  }

  private boolean lookUntilDue(String id) {
    check.look();
    return isDue(id);
  }

  private boolean isDue(String id) {
    return slice.row(id).get("due_at") != null;
  }

  private double recovered(String reason) {
    return meters.counter("warren.tasks.recovered", "reason", reason).count();
  }

  private void publish(String id) {
    var task = TaskMessage.of(id, "message", "default", Instant.EPOCH, new byte[0]);
    await()
        .until(
            () ->
                slice.bean(TaskPublisher.class).publish(task.toQueue()).join()
                    == PublishOutcome.CONFIRMED);
    await()
        .until(
            () ->
                slice.bean(BrokerReads.class).look(TaskTopology.DEFAULT_QUEUE).orElseThrow().ready()
                    > 0);
  }

  private void insertQueued(String id, int seconds) {
    slice.insert(id, queued(seconds));
  }

  private Map<String, Object> queued(int seconds) {
    return columns("QUEUED", seconds);
  }

  private void insertRunning(String id, long timeoutMillis, int heardSeconds) {
    var running = columns("RUNNING", heardSeconds);
    running.put("timeout_ms", timeoutMillis);
    running.put("heard_at", now().plusSeconds(heardSeconds));
    slice.insert(id, running);
  }

  private void end(String id, String change) {
    slice
        .jdbc()
        .sql("UPDATE task SET heard_at = CURRENT_TIMESTAMP, " + change + " WHERE id = :id")
        .param("id", id)
        .update();
  }

  private Map<String, Object> columns(String state, int queuedSeconds) {
    var columns = new HashMap<String, Object>();
    columns.put("state", state);
    columns.put("queued_at", now().plusSeconds(queuedSeconds));
    return columns;
  }

  private OffsetDateTime now() {
    return slice.now();
  }
}
