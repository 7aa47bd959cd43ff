package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker is killed, frozen or stopped while it holds a task, which another then takes over. */
@ExtendWith(BrokerExtension.class)
class WorkerFaultsIT {

  private final VirtualHost vhost;
  @AutoClose private final SenderStub sender;
  @AutoClose private WorkerProcess holder;
  @AutoClose private WorkerProcess other;

  WorkerFaultsIT(VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    sender = new SenderStub(vhost).declareTopology();
  }

  @Test
  void redelivers_whenTheWorkerProcessIsKilled() throws Exception {
    var id = heldByOneOfTwo("Hello.....");

    holder.kill();

    assertTakenOver(id);
  }

  @Test
  void redelivers_whenTheWorkerIsFrozen() throws Exception {
    var id = heldByOneOfTwo("Hello.....");

    holder.freeze();
    assertTakenOver(id);

    holder.thaw(); // what it does now comes late, and is true all the same
    holder.awaitDone(id);
    await("both outcomes")
        .until(
            () -> sender.events(id).stream().filter(e -> e.kind() == Kind.SUCCEEDED).count() == 2);
    other.close();
    holder.awaitDone(sender.send("Hello again"));
    assertNothingIsLeft();
  }

  @Test
  void finishesTheTaskInHand_whenTerminated() throws Exception {
    var id = heldByOneOfTwo("Hello...");

    holder.terminate();

    assertThat(holder.exitCode()).isEqualTo(143);
    assertThat(holder.did(id)).isTrue();
    other.awaitDone(sender.send("next"));
    assertThat(other.received(id)).isFalse();
    assertNothingIsLeft();
  }

  @Test
  void takesNoTaskMore_whenTerminated() throws Exception {
    holder = WorkerProcess.start("worker-1", vhost.uriOf("worker")).ready();
    var id = sender.send("Hello..");
    var next = sender.send("next");
    holder.awaitReceived(id);

    holder.terminate();

    holder.exitCode();
    assertThat(holder.did(id)).isTrue();
    assertThat(holder.received(next)).isFalse();
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE).getProps().getMessageId()).isEqualTo(next);
  }

  @Test
  void givesBackTheTaskInHand_whenItTakesLongerThanTheDrain() throws Exception {
    var id = heldByOneOfTwo("Hello.....", "1s");

    holder.terminate();

    assertThat(holder.exitCode()).isEqualTo(143);
    assertThat(holder.did(id)).isFalse();
    assertTakenOver(id);
    assertThat(sender.events(id)).extracting(TaskEvent::kind).doesNotContain(Kind.FAILED);
  }

  @Test
  void takesAsManyTasksAtOnceAsItHasSlots() throws Exception {
    holder =
        WorkerProcess.start("worker-1", vhost.uriOf("worker"), Map.of("WORKER_CONCURRENCY", "3"))
            .ready();
    var ids = new ArrayList<String>();
    for (int i = 0; i < 4; i++) {
      ids.add(sender.send("Hello " + i + "...."));
    }

    ids.forEach(holder::awaitDone);

    var order = holder.lines().stream().filter(line -> line.matches("worker-1 (received|done) .*"));
    assertThat(order.map(line -> line.split(" ")[1]))
        .startsWith("received", "received", "received", "done");
    assertNothingIsLeft();
  }

  private String heldByOneOfTwo(String message) throws Exception {
    return heldByOneOfTwo(message, "60s");
  }

  private String heldByOneOfTwo(String message, String drainTimeout) throws Exception {
    var environment = Map.of("WORKER_DRAIN_TIMEOUT", drainTimeout);
    holder = WorkerProcess.start("worker-1", vhost.uriOf("worker"), environment);
    other = WorkerProcess.start("worker-2", vhost.uriOf("worker"), environment);
    holder.ready();
    other.ready();
    var id = sender.send(message);
    await("a worker to take it").until(() -> holder.received(id) || other.received(id));
    if (other.received(id)) {
      var first = holder;
      holder = other;
      other = first;
    }
    return id;
  }

  private void assertTakenOver(String id) throws Exception {
    assertThat(other.awaitReceived(id)).endsWith(" attempt=1 redelivered=true delivery=2");
    other.awaitDone(id);
    assertThat(sender.awaitEvent(id, Kind.SUCCEEDED).delivery()).isEqualTo(2);
    assertThat(other.get("/actuator/prometheus")).contains("warren_tasks_redelivered_total 1.0");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws Exception {
    for (var queue : List.of(TaskTopology.DEAD_QUEUE, TaskTopology.DEFAULT_QUEUE)) {
      assertThat(sender.take(queue)).isNull();
    }
  }
}
