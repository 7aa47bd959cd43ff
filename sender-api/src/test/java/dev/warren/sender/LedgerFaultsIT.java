package dev.warren.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskTopology;
import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.Database;
import dev.warren.testdatabase.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What only a database beside the application can do: be away at the start, hang, be shared. */
@ExtendWith(BrokerExtension.class)
class LedgerFaultsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final TestDatabase database = Database.POSTGRES.fresh();
  private final List<RunningSender> senders = new ArrayList<>();
  private VirtualHost vhost;

  @BeforeEach
  void on(VirtualHost own) {
    vhost = own;
  }

  @AfterEach
  void stop() {
    senders.forEach(RunningSender::close);
    database.close();
  }

  @Test
  void startsBeforeItsDatabase() {
    database.kill();
    RunningSender sender;
    try {
      sender = start("--WARREN_ADMIN_KEY=" + AccessIT.ADMIN_KEY); // others are not known yet
      var admin = "Bearer " + AccessIT.ADMIN_KEY;
      var task = sender.json("{\"message\": \"without a ledger\"}");
      assertThat(sender.answerTo(task.header("Authorization", admin)).statusCode()).isEqualTo(202);
      var health = sender.to("/actuator/health").header("Authorization", admin);
      assertThat(sender.answerTo(health).body()).contains("the ledger's database");
      assertThat(sender.bean(CaughtUp.class).caughtUp(Duration.ofSeconds(3)).join()).isFalse();
    } finally {
      database.start();
    }
    awaitTasks(1);
    assertThat(sender.readiness().statusCode()).isEqualTo(200);
  }

  @Test
  void takesTasks_whileItsDatabaseIsFrozen() {
    var sender = start();
    sender.send("before");
    awaitTasks(1);
    database.freeze();
    try {
      for (var i = 0; i < 20; i++) {
        assertThat(sender.send("meanwhile").statusCode()).isEqualTo(202);
      }
      await()
          .atMost(PATIENCE)
          .until(() -> sender.get("/actuator/health").body().contains("does not work"));
    } finally {
      database.thaw();
    }
    awaitTasks(21);
  }

  @Test
  void anotherReplicaTakesOver() {
    var first = start();
    var second = start();
    first.send("one");
    awaitTasks(1);
    assertThat(applied(first) + applied(second)).isEqualTo(1);
    var active = applied(first) > 0 ? first : second;
    var standby = active == first ? second : first;
    active.close();
    senders.remove(active);
    standby.send("two");
    awaitTasks(2);
    assertThat(applied(standby)).isEqualTo(1);
    assertThat(standby.bean(CaughtUp.class).caughtUp(PATIENCE).join()).isTrue();
    long left = vhost.onChannel(channel -> channel.messageCount(TaskTopology.LEDGER_QUEUE));
    assertThat(left).isZero();
  }

  private static double applied(RunningSender sender) {
    return sender.metric("warren_ledger_applied_total");
  }

  private RunningSender start(String... properties) {
    var sender = RunningSender.on(vhost, database, properties);
    senders.add(sender);
    return sender.ready();
  }

  private void awaitTasks(long count) {
    await().atMost(PATIENCE).until(() -> tasks() == count);
  }

  private long tasks() {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT COUNT(*) FROM task WHERE state = 'QUEUED'")) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      return -1;
    }
  }
}
