package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker takes tasks from the queues it is told, and holds one of each. */
@ExtendWith(BrokerExtension.class)
class QueuesIT {

  private final VirtualHost vhost;
  @AutoClose private final SenderStub sender;
  @AutoClose private WorkerProcess worker;

  QueuesIT(VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    sender = new SenderStub(vhost).declareTopology();
  }

  @Test
  void takesFromEachOfItsQueues_andFromNoOther() throws Exception {
    sender.declareWorkQueue("images");
    sender.declareWorkQueue("mail");
    start("images, mail").ready();

    var elsewhere = sender.send("Hello");
    var slow = sender.sendTo("images", "Hello...");
    var waiting = sender.sendTo("images", "Hello");
    worker.awaitReceived(slow);
    var beside = sender.sendTo("mail", "Hello");

    worker.awaitDone(beside);
    assertThat(worker.did(slow)).isFalse();
    assertThat(worker.received(waiting)).isFalse();
    worker.awaitDone(waiting);
    assertThat(sender.awaitEvent(slow, Kind.SUCCEEDED).task().queue()).isEqualTo("images");
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE).getProps().getMessageId())
        .isEqualTo(elsewhere);
  }

  @Test
  void isNotReady_whileOneOfItsQueuesIsMissing_butWorks() throws Exception {
    start("default,mail");

    worker.awaitDone(sender.send("Hello"));
    worker.awaitReadiness(503);
    assertThat(worker.get("/actuator/health/readiness")).contains("tasks.mail");
    sender.declareWorkQueue("mail");

    worker.awaitReadiness(200);
    worker.awaitDone(sender.sendTo("mail", "Hello"));
  }

  @Test
  void doesNotStart_withAReservedQueue_andNamesIt() {
    start("mail,dead");

    assertThat(worker.exitCode()).isEqualTo(1);
    worker.awaitLine(line -> line.contains("no queue of tasks may have the key \"dead\""));
  }

  private WorkerProcess start(String queues) {
    worker =
        WorkerProcess.start("worker-1", vhost.uriOf("worker"), Map.of("WORKER_QUEUES", queues));
    return worker;
  }
}
