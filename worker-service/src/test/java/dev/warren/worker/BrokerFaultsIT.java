package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The broker, its queues or its memory go, and come back; the worker is never started again. */
@ExtendWith(BrokerExtension.class)
class BrokerFaultsIT {

  private final TestBroker broker;
  private final VirtualHost vhost;
  @AutoClose private SenderStub sender;
  @AutoClose private WorkerProcess worker;

  BrokerFaultsIT(TestBroker broker, VirtualHost vhost) {
    this.broker = broker;
    this.vhost = vhost;
  }

  @Test
  void waitsForTheBroker_thenForTheQueue() throws Exception {
    broker.kill();
    try {
      worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"));
      worker.awaitReadiness(503);
      worker.awaitLine(line -> line.startsWith("consumer DOWN"));
    } finally {
      broker.start();
    }
    await("a connection of the worker's")
        .atMost(Duration.ofSeconds(120))
        .until(() -> broker.ctl("list_connections", "vhost").contains(vhost.name()));
    assertThat(worker.status("/actuator/health/readiness")).isEqualTo(503);
    assertThat(worker.status("/actuator/health/liveness")).isEqualTo(200);

    sender = new SenderStub(vhost).declareTopology();

    worker.awaitDone(sender.send("Hello"));
    worker.awaitReadiness(200);
  }

  @Test
  void waitsForTheQueue() throws Exception {
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"));
    worker.awaitLine(line -> line.startsWith("consumer DOWN"));

    sender = new SenderStub(vhost).declareTopology();

    worker.awaitDone(sender.send("Hello"));
    worker.awaitReadiness(200);
  }

  @Test
  void goesOnAndSaysWhatItHasDone_whenTheBrokerWasKilledUnderIt() throws Exception {
    consume();
    var inHand = sender.send("in hand...");
    var queued = sender.send("queued");
    worker.awaitReceived(inHand);

    broker.kill();
    try {
      worker.awaitReadiness(503);
      worker.awaitDone(inHand);
    } finally {
      broker.start();
    }

    worker.awaitDone(queued);
    worker.awaitReadiness(200);
    // Its first end could not be acknowledged.
    worker.awaitLine(
        line -> line.matches("worker-1 received " + inHand + " .*redelivered=true delivery=2"));
    sender = new SenderStub(vhost).listen();
    worker.awaitDone(sender.send("Hello"));
    await("both outcomes")
        .until(
            () ->
                sender.events(inHand).stream().filter(e -> e.kind() == Kind.SUCCEEDED).count()
                    == 2);
    assertThat(sender.events(inHand)).extracting(TaskEvent::delivery).contains(1, 2);
    worker.awaitLine(
        line -> line.equals("worker-1 published belatedly that " + inHand + " succeeded"));
    assertThat(sender.take(TaskTopology.DEAD_QUEUE)).isNull();
  }

  @Test
  void goesOn_whenItsQueueWasDeletedUnderIt() throws Exception {
    consume();

    sender.delete(TaskTopology.DEFAULT_QUEUE);
    worker.awaitReadiness(503);
    sender.declareWorkQueue(TaskTopology.DEFAULT_KEY);

    worker.awaitDone(sender.send("Hello"));
    worker.awaitReadiness(200);
  }

  @Test
  void finishesTheTaskInHand_whenItsQueueWasDeletedUnderIt() throws Exception {
    consume();
    var id = sender.send("Hello..");
    worker.awaitReceived(id);

    sender.delete(TaskTopology.DEFAULT_QUEUE);

    worker.awaitDone(id);
    sender.declareWorkQueue(TaskTopology.DEFAULT_KEY);
    worker.awaitDone(sender.send("Hello"));
    worker.awaitReadiness(200);
  }

  @Test
  void holdsWhatItMustBury_untilTheDeadQueueIsThere() throws Exception {
    consume();
    sender.delete(TaskTopology.DEAD_QUEUE);

    var id = sender.send("nothing", "{}");
    worker.awaitLine(line -> line.startsWith("the broker did not take a buried task"));
    sender.declareDeadQueue();

    assertThat(sender.takeBuried().getProps().getMessageId()).isEqualTo(id);
    worker.awaitDone(sender.send("Hello"));
    assertThat(sender.take(TaskTopology.DEAD_QUEUE)).isNull();
  }

  @Test
  void holdsATask_untilItsOutcomeIsTaken() throws Exception {
    consume();
    sender.delete(TaskTopology.LEDGER_QUEUE);

    var id = sender.send("Hello");
    worker.awaitDone(id);
    worker.awaitLines(2, line -> line.startsWith("the broker did not take an outcome"));
    sender.declareLedgerQueue();
    sender.listen();

    sender.awaitEvent(id, Kind.SUCCEEDED);
    worker.awaitDone(sender.send("Hello"));
    worker.terminate(); // it acknowledges what it has done
    worker.exitCode();
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE)).isNull();
  }

  @Test
  void acknowledgesNothing_whoseOutcomeIsNotTaken() throws Exception {
    consume();
    sender.delete(TaskTopology.LEDGER_QUEUE);

    var id = sender.send("Hello");
    worker.awaitLine(line -> line.startsWith("the broker did not take an outcome"));
    worker.kill();

    assertThat(sender.awaitTask().getProps().getMessageId()).isEqualTo(id);
  }

  @Test
  void publishesEachOutcomeOnce_whenTheBrokerHadAMemoryAlarm() throws Exception {
    consume();
    var first = sender.send("Hello....."); // longer than it takes to raise the alarm
    var id = sender.send("nothing", "{}");
    var next = sender.send("Hello");

    broker.ctl("set_vm_memory_high_watermark", "0");
    try {
      worker.awaitLines(2, line -> line.endsWith("is it blocked by an alarm?"));
    } finally {
      broker.ctl("set_vm_memory_high_watermark", "0.4");
    }

    assertThat(sender.takeBuried().getProps().getMessageId()).isEqualTo(id);
    sender.awaitEvent(next, Kind.SUCCEEDED);
    assertThat(sender.take(TaskTopology.DEAD_QUEUE)).isNull();
    assertThat(sender.events(first)).extracting(TaskEvent::kind).containsOnlyOnce(Kind.SUCCEEDED);
  }

  @Test
  void waitsForItsUserAndItsPermissions() throws Exception {
    sender = new SenderStub(vhost).declareTopology();
    var user = "late-" + vhost.name();
    var uri = vhost.uri().replaceFirst("//.*@", "//" + user + ":p%40ss%2F%2Bword%25@");
    worker = WorkerProcess.start("worker-1", uri);
    worker.awaitLine(line -> line.startsWith("consumer DOWN"));

    vhost.manage("PUT", "/api/users/" + user, "{\"password\": \"p@ss/+word%\", \"tags\": \"\"}");
    vhost.manage(
        "PUT",
        "/api/permissions/" + vhost.name() + "/" + user,
        "{\"configure\": \"^$\", \"write\": \"^(tasks|task-events)$\", \"read\": \"^tasks\"}");

    worker.awaitDone(sender.send("Hello"));
    sender.send("nothing", "{}");
    assertThat(sender.takeBuried().getProps().getHeaders()).containsKey(TaskHeaders.DEAD_REASON);
    worker.awaitReadiness(200);
  }

  private void consume() throws Exception {
    sender = new SenderStub(vhost).declareTopology();
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker")).ready();
  }
}
