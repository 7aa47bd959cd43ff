package dev.warren.sender.scheduling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.warren.contract.Execution;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.sender.SenderApplication;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.OnEveryDatabase;
import dev.warren.testdatabase.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole application, with all of its jobs: from the wire to the queue. */
@OnEveryDatabase
@ExtendWith(BrokerExtension.class)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ScheduledTasksIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final List<ConfigurableApplicationContext> replicas = new ArrayList<>();
  private final TestDatabase database;
  private VirtualHost vhost;

  ScheduledTasksIT(Database kind) {
    database = kind.fresh();
  }

  @BeforeEach
  void start(VirtualHost vhost) {
    this.vhost = vhost;
    startReplica();
  }

  @AfterEach
  void stop() {
    replicas.forEach(ConfigurableApplicationContext::close);
    database.close();
  }

  @Test
  void queuesEachTaskOnceAndNeverEarly_thoughOneOfTwoReplicasEnds() {
    var tasks = 800; // below what may be in flight at once
    startReplica();
    schedule(IntStream.range(0, tasks).mapToObj(i -> task("task-" + i, i)).toList());

    await().atMost(PATIENCE).until(() -> count("state = 'QUEUED'") > tasks / 4);
    replicas.get(0).close();
    await().atMost(PATIENCE).until(() -> count("state = 'QUEUED'") == tasks);

    assertThat(count("queued_at < not_before")).isZero();
    assertThat(queuedIds()).hasSize(tasks).doesNotHaveDuplicates();
  }

  @Test
  void expires_whatIsDueTooLate() {
    var options =
        new TaskOptions(null, Duration.ofMillis(1), null, Instant.EPOCH, null, null, Map.of());
    schedule(List.of(task("late", options)));

    await().atMost(PATIENCE).until(() -> count("state = 'EXPIRED'") == 1);

    assertThat(queuedIds()).isEmpty();
    assertThat(count("ended_at IS NOT NULL AND due_at IS NULL")).isEqualTo(1);
  }

  @Test
  void givesUp_whatNoMessageCanCarry() {
    schedule(List.of(task("wide", 0)));
    await().atMost(PATIENCE).until(() -> count("state = 'SCHEDULED'") == 1);
    jdbc().sql("UPDATE task SET reply_to = :wide").param("wide", "\u00e9".repeat(200)).update();

    await().atMost(PATIENCE).until(() -> count("state = 'DEAD'") == 1);

    assertThat(count("dead_reason = 'unsendable' AND due_at IS NULL")).isEqualTo(1);
  }

  @Test
  void sendsAgain_whatWasPurged() {
    publish(List.of(task("lost", TaskOptions.NONE).toQueue()));
    await().atMost(PATIENCE).until(() -> count("state = 'QUEUED'") == 1);
    vhost.purge(TaskTopology.DEFAULT_QUEUE);

    await().atMost(PATIENCE).until(() -> count("dispatch = 2 AND state = 'QUEUED'") == 1);

    assertThat(queuedIds()).containsExactly("lost");
  }

  private void startReplica() {
    var replica =
        new SpringApplicationBuilder(SenderApplication.class)
            .run(
                "--server.port=0",
                "--SENDER_GRPC_PORT=0",
                "--RABBITMQ_URI=" + vhost.uriOf("sender-api"),
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password(),
                "--sender.recovery.interval=200ms",
                "--sender.recovery.empty-for=1s",
                "--sender.recovery.deserted-for=1s");
    replicas.add(replica);
    await().atMost(PATIENCE).until(() -> replica.getBean(TaskPublisher.class).obstacle() == null);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> count("TRUE") >= 0);
  }

  private void schedule(List<TaskMessage> tasks) {
    publish(tasks.stream().map(TaskMessage::toSchedule).toList());
  }

  private void publish(List<WireMessage> messages) {
    var publisher = replicas.get(0).getBean(TaskPublisher.class);
    var outcomes = messages.stream().map(publisher::publish).toList();
    assertThat(outcomes.stream().map(CompletableFuture::join))
        .containsOnly(PublishOutcome.CONFIRMED);
  }

  /** Due in 3 seconds and so many milliseconds. */
  private TaskMessage task(String id, int millis) {
    var due = now().plusSeconds(3).plusMillis(millis);
    return task(id, new TaskOptions(null, null, due, null, null, null, Map.of()));
  }

  private static TaskMessage task(String id, TaskOptions options) {
    return new TaskMessage(
        id,
        "message",
        "default",
        Instant.now(),
        Execution.FIRST,
        options,
        ReplyAddress.NOBODY,
        "{}".getBytes(UTF_8));
  }

  private Instant now() {
    return jdbc().sql("SELECT CURRENT_TIMESTAMP").query(OffsetDateTime.class).single().toInstant();
  }

  private long count(String condition) {
    return jdbc().sql("SELECT COUNT(*) FROM task WHERE " + condition).query(Long.class).single();
  }

  /** Of the replica that was started last. */
  private JdbcClient jdbc() {
    return replicas.get(replicas.size() - 1).getBean(JdbcClient.class);
  }

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
}
