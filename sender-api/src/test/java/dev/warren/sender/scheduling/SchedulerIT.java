package dev.warren.sender.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.warren.contract.Execution;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.sender.LedgerSlice;
import dev.warren.sender.ledger.Position;
import dev.warren.sender.ledger.TaskStore;
import dev.warren.sender.publishing.BulkPublisher;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is due gets to its queue, whoever ends in between. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SchedulerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Duration LEASE = Duration.ofSeconds(2);

  private final TestDatabase database;
  private TestBroker broker;
  private VirtualHost vhost;
  private LedgerSlice slice;
  private Scheduler scheduler;

  SchedulerIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(TestBroker broker, VirtualHost vhost) {
    this.broker = broker;
    this.vhost = vhost;
    slice = LedgerSlice.on(vhost, database).ready();
    scheduler = scheduler();
  }

  @AfterEach
  void stop() {
    slice.close();
    database.close();
  }

  @Test
  void publishesLongestDueFirst() {
    insertDue("c", "SCHEDULED", -3);
    insertDue("a", "SCHEDULED", -1);
    insertDue("b", "SCHEDULED", -2);
    insertDue("z", "SCHEDULED", 3600);

    scheduler.poll();

    assertThat(queuedIds()).containsExactly("c", "b", "a");
    assertThat(slice.row("c"))
        .containsEntry("state", "QUEUED")
        .containsEntry("due_at", null)
        .doesNotContainEntry("queued_at", null);
    assertThat(slice.state("z")).isEqualTo("SCHEDULED");
  }

  @Test
  void publishesNothingEarly_byTheDatabasesClock() {
    var due = IntStream.range(0, 20).mapToObj(i -> slice.now().plusNanos(i * 50_000_000L)).toList();
    for (var i = 0; i < due.size(); i++) {
      slice.insert("task-" + i, Map.of("state", "SCHEDULED", "due_at", due.get(i)));
    }

    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> pollUntilQueued("task-19"));

    for (var i = 0; i < due.size(); i++) {
      assertThat(slice.time("task-" + i, "queued_at")).isAfterOrEqualTo(inMillis(due.get(i)));
    }
  }

  @Test
  void publishesNextExecution_dependingOnTheState() {
    insertDue("scheduled", "SCHEDULED", -4);
    insertDue("failed", "RETRY_WAIT", -3);
    insertDue("lost", "QUEUED", -2);
    insertDue("silent", "RUNNING", -1);

    scheduler.poll();

    assertThat(take().getProps().getHeaders()).doesNotContainKeys("attempt", "dispatch");
    assertThat(take().getProps().getHeaders())
        .containsEntry("attempt", 2)
        .containsEntry("dispatch", 1);
    assertThat(take().getProps().getHeaders())
        .containsEntry("attempt", 1)
        .containsEntry("dispatch", 2);
    assertThat(take().getProps().getHeaders()).containsEntry("dispatch", 2);
    assertThat(slice.row("failed")).containsEntry("attempt", 2).containsEntry("dispatch", 1);
    assertThat(slice.row("lost")).containsEntry("attempt", 1).containsEntry("dispatch", 2);
  }

  @Test
  void publishesNothingWithoutItsPayload() {
    var unheard = due("SCHEDULED", -1);
    unheard.put("payload", null);
    slice.insert("unheard", unheard);
    var erased = due("SCHEDULED", -1);
    erased.put("erased", true);
    slice.insert("erased", erased);

    scheduler.poll();

    assertThat(queuedIds()).isEmpty();
  }

  @Test
  void publishesToTheDefaultQueue_whenItsOwnWouldBringItBack() {
    var foreign = due("SCHEDULED", -1);
    foreign.put("queue", TaskTopology.SCHEDULED_KEY);
    slice.insert("foreign", foreign);

    scheduler.poll();

    assertThat(queuedIds()).containsExactly("foreign");
  }

  @Test
  void takesOver_whenASchedulerEndsBeforeItPublishes() {
    insertDue("task", "SCHEDULED", -1);
    assertThat(dueTasks().claim().claims()).hasSize(1);

    scheduler.poll();
    assertThat(slice.state("task")).as("leased").isEqualTo("SCHEDULED");

    await().atMost(PATIENCE).until(() -> pollUntilQueued("task"));
    assertThat(queuedIds()).containsExactly("task");
  }

  @Test
  void publishesTheSameExecutionAgain_whenASchedulerEndsBeforeItMarks() {
    insertDue("task", "RETRY_WAIT", -1);
    publishOnly(dueTasks().claim());

    await().atMost(PATIENCE).until(() -> pollUntilQueued("task"));

    assertThat(take().getProps().getHeaders()).containsEntry("attempt", 2);
    assertThat(take().getProps().getHeaders())
        .containsEntry("attempt", 2)
        .containsEntry("dispatch", 1);
  }

  @Test
  void publishesNothingAgain_whenTheLedgerHasTheCopyOfWhatWasNotMarked() {
    insertDue("task", "RETRY_WAIT", -1);
    var claims = dueTasks().claim();
    publishOnly(claims);
    var leasedUntil = slice.time("task", "due_at");
    hearOf("task", "QUEUED");

    await()
        .until(
            () -> {
              scheduler.poll();
              return slice.now().isAfter(leasedUntil);
            });
    scheduler.poll();

    assertThat(queuedIds()).containsExactly("task");
  }

  @Test
  void marksNothing_whenTheLedgerHasHeardMore() {
    insertDue("running", "SCHEDULED", -1);
    insertDue("cancelled", "SCHEDULED", -1);
    var dueTasks = dueTasks();
    var claims = dueTasks.claim().claims();
    hearOf("running", "RUNNING");
    hearOf("cancelled", "CANCELLED");

    for (var kind : Settlement.Kind.values()) {
      dueTasks.settle(claims.stream().map(each -> new Settlement(each, kind)).toList());
    }

    assertThat(slice.row("running"))
        .containsEntry("state", "RUNNING")
        .containsEntry("due_at", null);
    assertThat(slice.row("cancelled"))
        .containsEntry("state", "CANCELLED")
        .containsEntry("due_at", null);
  }

  @Test
  void marksLater_whenAnotherHoldsTheRow() throws SQLException {
    insertDue("held", "SCHEDULED", -1);
    insertDue("free", "SCHEDULED", -1);
    var dueTasks = dueTasks();
    var claims = dueTasks.claim().claims();
    var queued = claims.stream().map(each -> new Settlement(each, Settlement.Kind.QUEUED)).toList();
    List<Settlement> left;
    try (var other = database.connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("UPDATE task SET progress_percent = 1 WHERE id = 'held'");
      left = dueTasks.settle(queued);
      assertThat(slice.state("free")).isEqualTo("QUEUED");
      other.rollback();
    }

    assertThat(left).extracting(each -> each.claim().task().id()).containsExactly("held");
    assertThat(dueTasks.settle(left)).isEmpty();
    assertThat(slice.state("held")).isEqualTo("QUEUED");
  }

  @Test
  void queuesEachTaskOnce_withTwoSchedulersOfWhichOneIsStopped() {
    var tasks = 1200;
    slice
        .transaction()
        .executeWithoutResult(
            status ->
                IntStream.range(0, tasks).forEach(i -> insertDue("task-" + i, "SCHEDULED", -1)));
    var stopped = new Repeated("first", Duration.ofMillis(10), scheduler()::poll);
    var other = new Repeated("second", Duration.ofMillis(10), scheduler()::poll);
    stopped.start();
    other.start();
    await().atMost(PATIENCE).until(() -> count("QUEUED") > 0);
    stopped.stop();

    await().atMost(Duration.ofMinutes(5)).until(() -> count("QUEUED") == tasks);
    other.stop();

    assertThat(queuedIds()).hasSize(tasks).doesNotHaveDuplicates();
  }

  @Test
  void claimsNothing_whileTheBrokerIsAway() {
    broker.kill();
    var publisher = slice.bean(TaskPublisher.class);
    await().atMost(PATIENCE).until(() -> publisher.obstacle() != null);
    insertDue("task", "SCHEDULED", -1);
    var due = slice.time("task", "due_at");

    scheduler.poll();
    assertThat(slice.time("task", "due_at")).isEqualTo(due);

    broker.start();
    slice.ready();
    await().atMost(PATIENCE).until(() -> pollUntilQueued("task"));
  }

  @Test
  void triesAgainSoon_whenTheQueueIsFull() {
    vhost.manage(
        "PUT",
        "/api/policies/" + vhost.name() + "/full",
        "{\"pattern\": \"^tasks.default$\", \"definition\": {\"max-length\": 1}}");
    await().atMost(PATIENCE).until(() -> publish("fills") == PublishOutcome.NACKED);
    insertDue("task", "SCHEDULED", -1);
    scheduler.poll();
    assertThat(slice.state("task")).isEqualTo("SCHEDULED");
    assertThat(slice.time("task", "due_at"))
        .as("sooner than the lease")
        .isBefore(slice.now().plus(Duration.ofSeconds(1)));

    vhost.purge(TaskTopology.DEFAULT_QUEUE);

    await().atMost(PATIENCE).until(() -> pollUntilQueued("task"));
  }

  @Test
  void sendsToTheUsualQueue_whatIsForAQueueThatNobodyDeclares() {
    var foreign = due("RETRY_WAIT", -1);
    foreign.put("queue", "nowhere");
    slice.insert("task", foreign);

    await().atMost(PATIENCE).until(() -> pollUntilQueued("task"));

    assertThat(take().getProps().getMessageId()).isEqualTo("task");
    assertThat(slice.row("task")).containsEntry("queue", "default");
  }

  @Test
  void forgetsWhatIsNotThereAnyMore() {
    insertDue("task", "SCHEDULED", -1);
    var claim = dueTasks().claim().claims().get(0);
    slice.jdbc().sql("DELETE FROM task").update();

    assertThat(dueTasks().settle(List.of(new Settlement(claim, Settlement.Kind.QUEUED)))).isEmpty();
  }

  @Test
  void leavesCancelled_whatWasCancelledWhileItWasPublished() {
    insertDue("task", "SCHEDULED", -1);
    var claims = dueTasks().claim();
    slice.jdbc().sql("UPDATE task SET state = 'CANCELLED', due_at = NULL").update();
    publishOnly(claims);

    var settlements = new ArrayList<Settlement>();
    for (var kind : Settlement.Kind.values()) {
      settlements.add(new Settlement(claims.claims().get(0), kind));
    }
    dueTasks().settle(settlements);
    scheduler.poll();

    assertThat(slice.row("task"))
        .containsEntry("state", "CANCELLED")
        .containsEntry("queue", "default")
        .containsEntry("due_at", null);
    assertThat(queuedIds()).containsExactly("task");
  }

  @Test
  void saysThatItIsCancelled_whatWasLostWhileItWasToBeInterrupted() {
    var lost = due("RUNNING", -1);
    lost.put("cancel_requested_at", slice.now().minusSeconds(1));
    slice.insert("lost", lost);
    vhost.onChannel(
        channel -> {
          channel.queueDeclare("events", false, false, false, null);
          return channel.queueBind("events", TaskTopology.EVENTS_EXCHANGE, "#");
        });

    scheduler.poll();

    assertThat(queuedIds()).isEmpty();
    assertThat(vhost.take("events").orElseThrow().getEnvelope().getRoutingKey())
        .isEqualTo("task.cancelled.none.message");
  }

  @Test
  void saysThatItExpired_whatIsDueTooLate() {
    var late = due("RETRY_WAIT", -1);
    late.put("expires_at", slice.now().minusSeconds(1));
    late.put("caller", "replica-1");
    slice.insert("late", late);
    vhost.onChannel(
        channel -> {
          channel.queueDeclare("events", false, false, false, null);
          return channel.queueBind("events", TaskTopology.EVENTS_EXCHANGE, "#");
        });

    scheduler.poll();

    assertThat(queuedIds()).isEmpty();
    var event = vhost.take("events").orElseThrow();
    assertThat(event.getEnvelope().getRoutingKey()).isEqualTo("task.expired.replica-1.message");
    assertThat(event.getProps().getMessageId()).isEqualTo("late");
  }

  private Scheduler scheduler() {
    return new Scheduler(
        dueTasks(),
        slice.bean(TaskPublisher.class),
        slice.bean(BulkPublisher.class),
        List.of("default"),
        new SimpleMeterRegistry());
  }

  private DueTasks dueTasks() {
    var properties =
        new SchedulingProperties(Duration.ofMillis(200), 500, LEASE, Duration.ofMillis(500));
    return new DueTasks(
        slice.bean(TaskStore.class),
        slice.jdbc(),
        slice.batches(),
        slice.transaction(),
        properties);
  }

  private boolean pollUntilQueued(String id) {
    scheduler.poll();
    return slice.state(id).equals("QUEUED");
  }

  private void insertDue(String id, String state, int seconds) {
    slice.insert(id, due(state, seconds));
  }

  private Map<String, Object> due(String state, int seconds) {
    var columns = new HashMap<String, Object>();
    columns.put("state", state);
    columns.put("due_at", slice.now().plusSeconds(seconds));
    return columns;
  }

  private void hearOf(String id, String state) {
    var position = Position.of(new Execution(1, 3, 1), 0, Position.Rank.QUEUED);
    slice
        .jdbc()
        .sql("UPDATE task SET state = :state, position = :position, due_at = NULL WHERE id = :id")
        .params(Map.of("id", id, "state", state, "position", position))
        .update();
  }

  private long count(String state) {
    return slice
        .jdbc()
        .sql("SELECT COUNT(*) FROM task WHERE state = :state")
        .param("state", state)
        .query(Long.class)
        .single();
  }

  private void publishOnly(DueTasks.Batch batch) {
    for (var claim : batch.claims()) {
      var outcome = slice.bean(TaskPublisher.class).publish(claim.message()).join();
      assertThat(outcome).isEqualTo(PublishOutcome.CONFIRMED);
    }
  }

  private PublishOutcome publish(String id) {
    var task = TaskMessage.of(id, "message", "default", Instant.EPOCH, new byte[0]);
    return slice.bean(TaskPublisher.class).publish(task.toQueue()).join();
  }

  private GetResponse take() {
    return vhost.take(TaskTopology.DEFAULT_QUEUE).orElseThrow();
  }

  /** Of all in the queue. */
  private List<String> queuedIds() {
    return vhost.onChannel(
        channel -> {
          var ids = new ArrayList<String>();
          GetResponse response;
          while ((response = channel.basicGet(TaskTopology.DEFAULT_QUEUE, true)) != null) {
            ids.add(response.getProps().getMessageId());
          }
          return ids;
        });
  }

  private static OffsetDateTime inMillis(OffsetDateTime time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }
}
