package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.GetResponse;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a handler may do wrong buries its task, and the worker goes on. */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class HandlerFailureIT {

  private static final Map<String, String> FAILING_HANDLERS =
      Map.of("SPRING_MAIN_SOURCES", FailingHandlers.class.getName(), "WORKER_DRAIN_TIMEOUT", "1s");

  private final VirtualHost vhost;
  private final SenderStub sender;
  private final WorkerProcess worker;

  HandlerFailureIT(VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    sender = new SenderStub(vhost).declareTopology();
    worker = WorkerProcess.start("worker-1", vhost.uri(), FAILING_HANDLERS);
  }

  @BeforeAll
  void start() {
    worker.ready();
  }

  @AfterAll
  void stop() {
    worker.close();
    sender.close();
  }

  @ParameterizedTest
  @CsvSource({
    "exception, IllegalStateException: boom",
    "no message, Exception",
    "describe, IllegalStateException: boom",
    "interrupted, InterruptedException: nobody did",
    "fails interrupted, IllegalStateException: boom",
    "stack overflow, StackOverflowError",
    "out of memory, OutOfMemoryError: Java heap space",
    "really out of memory, OutOfMemoryError: Java heap space",
    "no such class, NoClassDefFoundError: dev/warren/Missing",
    "assertion, AssertionError: boom",
  })
  void buriesATaskAtItsFirstFailure(String how, String detail) throws Exception {
    var id = fail(how);

    var buried = takeBuried("handler-failed");

    assertThat(buried.getProps().getMessageId()).isEqualTo(id);
    assertThat(buried.getProps().getHeaders().get(TaskHeaders.DEAD_DETAIL).toString())
        .startsWith(detail)
        .hasSizeLessThanOrEqualTo(1000);
    assertThat(worker.awaitLine(line -> line.startsWith("worker-1 buried " + id)))
        .startsWith("worker-1 buried " + id + " failing handler-failed: " + detail)
        .matches("\\P{Cntrl}*");
    assertTheWorkerGoesOn();
  }

  @Test
  void goesOn_whenAHandlerLeavesItsThreadInterrupted() throws Exception {
    worker.awaitDone(fail("leaves interrupt"));

    assertTheWorkerGoesOn();
  }

  @Test
  void doesATaskAtItsNinthDelivery() throws Exception {
    var id = deliveredBefore(8);

    assertThat(worker.awaitReceived(id)).endsWith(" attempt=9 redelivered=true");
    worker.awaitDone(id);
    assertTheWorkerGoesOn();
  }

  @Test
  void buriesATaskAtItsTenthDelivery() throws Exception {
    var id = deliveredBefore(9);

    assertThat(takeBuried("too-many-deliveries").getProps().getMessageId()).isEqualTo(id);
    assertThat(worker.received(id)).isFalse();
    assertTheWorkerGoesOn();
  }

  /** While frozen, the worker holds one task and takes no other. */
  private String deliveredBefore(int times) throws Exception {
    var first = sender.send("Hello.");
    worker.awaitReceived(first);
    worker.freeze();
    try {
      var id = sender.send("Hello");
      for (int i = 0; i < times; i++) {
        sender.takeAndGiveBack();
      }
      return id;
    } finally {
      worker.thaw();
    }
  }

  @Test
  void redelivers_whenAHandlerKillsItsWorker(VirtualHost vhost) throws Exception {
    try (var sender = new SenderStub(vhost).declareTopology();
        var killed = WorkerProcess.start("worker-1", vhost.uri(), FAILING_HANDLERS).ready()) {
      var id = sender.send("failing", "{\"how\":\"kills\"}");

      assertThat(killed.exitCode()).isEqualTo(1);
      assertThat(killed.received(id)).isTrue();
      for (int i = 2; i < 10; i++) {
        sender.takeAndGiveBack();
      }
      try (var next = WorkerProcess.start("worker-2", vhost.uri(), FAILING_HANDLERS)) {
        assertThat(sender.takeBuried().getProps().getHeaders().get(TaskHeaders.DEAD_REASON))
            .hasToString("too-many-deliveries");
        next.awaitDone(sender.send("Hello"));
      }
    }
  }

  @Test
  void endsAndLosesNothing_whenAHandlerIsDeafToItsInterrupt(VirtualHost vhost) throws Exception {
    try (var sender = new SenderStub(vhost).declareTopology();
        var deaf = WorkerProcess.start("worker-1", vhost.uri(), FAILING_HANDLERS).ready()) {
      var id = sender.send("failing", "{\"how\":\"deaf\"}");
      deaf.awaitReceived(id);

      deaf.terminate();

      assertThat(deaf.exitCode()).isEqualTo(143);
      assertThat(sender.take(TaskTopology.DEFAULT_QUEUE).getProps().getMessageId()).isEqualTo(id);
    }
  }

  @Test
  void namesBoth_whenTwoHandlersShareAType() {
    var sources = FailingHandlers.class.getName() + "," + SecondMessageHandler.class.getName();
    try (var failed =
        WorkerProcess.start("worker-3", vhost.uri(), Map.of("SPRING_MAIN_SOURCES", sources))) {

      assertThat(failed.exitCode()).isEqualTo(1);
      failed.awaitLine(
          line ->
              line.contains("two handlers of type message: ")
                  && line.contains("MessageHandler and ")
                  && line.contains(SecondMessageHandler.class.getName()));
    }
  }

  private String fail(String how) throws Exception {
    return sender.send("failing", "{\"how\":\"%s\"}".formatted(how));
  }

  private GetResponse takeBuried(String reason) throws Exception {
    var buried = sender.takeBuried();
    assertThat(buried.getProps().getHeaders().get(TaskHeaders.DEAD_REASON)).hasToString(reason);
    return buried;
  }

  private void assertTheWorkerGoesOn() throws Exception {
    worker.awaitDone(sender.send("Hello"));
    assertThat(sender.take(TaskTopology.DEAD_QUEUE)).isNull();
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE)).isNull();
  }
}
