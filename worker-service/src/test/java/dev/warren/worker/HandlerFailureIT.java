package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.GetResponse;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a handler does wrong is told, and the worker goes on. */
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
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"), FAILING_HANDLERS);
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
    "exception, IllegalStateException, boom, false",
    "no message, Exception, '', false",
    "interrupted, InterruptedException, nobody did, false",
    "fails interrupted, IllegalStateException, boom, false",
    "stack overflow, StackOverflowError, '', false",
    "out of memory, OutOfMemoryError, Java heap space, false",
    "really out of memory, OutOfMemoryError, Java heap space, false",
    "no such class, NoClassDefFoundError, dev/warren/Missing, false",
    "assertion, AssertionError, boom, false",
    "permanent, PermanentFailure, never again, true",
    "permanent with code, NoUser, no such user, true",
    "result too large, ResultTooLarge, 'the result is 1,048,578 bytes', true",
    "no result, InvalidResult, the result is no JSON, true",
  })
  void saysWhyAnAttemptFailed(String how, String errorClass, String message, boolean permanent)
      throws Exception {
    var id = fail(how);

    var failed = sender.awaitEvent(id, Kind.FAILED);

    var failure = failed.requireFailure();
    assertThat(failure.errorClass()).isEqualTo(errorClass);
    assertThat(failure.message()).startsWith(message).hasSizeLessThanOrEqualTo(4000);
    assertThat(failure.permanent()).isEqualTo(permanent);
    assertThat(failure.timedOut()).isFalse();
    assertThat(failure.retryAfter()).isNull();
    assertThat(failed.worker()).isEqualTo("worker-1");
    assertThat(failed.delivery()).isEqualTo(1);
    assertThat(failed.endedAt()).isAfterOrEqualTo(failed.startedAt());
    assertThat(failed.task().payload()).asString().isEqualTo(payload(how));
    assertThat(failed.task().options().retry()).isEqualTo(FailingHandlers.POLICY);
    assertThat(worker.awaitLine(line -> line.startsWith("worker-1 failed " + id)))
        .startsWith("worker-1 failed %s failing attempt=1 %s: ".formatted(id, errorClass))
        .endsWith(permanent ? " (permanent)" : " (retried by the policy)")
        .matches("\\P{Cntrl}*");
    assertTheWorkerGoesOn();
  }

  @Test
  void saysWhenAnotherAttemptIsWorthIt() throws Exception {
    var failure = sender.awaitEvent(fail("retry after"), Kind.FAILED).requireFailure();

    assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(90));
    assertThat(failure.permanent()).isFalse();
  }

  @Test
  void takesAResultOfOneMebibyte() throws Exception {
    var event = sender.awaitEvent(fail("largest result"), Kind.SUCCEEDED);

    assertThat(event.body()).hasSize(1024 * 1024);
  }

  @Test
  void tellsProgressOnceASecond() throws Exception {
    var id = fail("chatty");
    worker.awaitDone(id);
    sender.awaitEvent(id, Kind.SUCCEEDED);

    var told = sender.events(id).stream().filter(event -> event.kind() == Kind.PROGRESS);
    assertThat(told.count()).isBetween(1L, 3L);
  }

  @Test
  void doesATask_whoseDescriptionFails() throws Exception {
    var id = fail("describe");

    assertThat(worker.awaitReceived(id)).contains("(no description: IllegalStateException)");
    worker.awaitDone(id);
  }

  @Test
  void doesNoChaos_whereItIsNotAllowed() throws Exception {
    var id = sender.send("chaos", "{\"exit\":true}");

    var failure = sender.awaitEvent(id, Kind.FAILED).requireFailure();
    assertThat(failure.permanent()).isTrue();
    assertThat(failure.message()).contains("WORKER_CHAOS");
  }

  @Test
  void goesOn_whenAHandlerLeavesItsThreadInterrupted() throws Exception {
    worker.awaitDone(fail("leaves interrupt"));

    assertTheWorkerGoesOn();
  }

  @Test
  void doesATaskAtItsNinthDelivery() throws Exception {
    var id = deliveredBefore(8);

    assertThat(worker.awaitReceived(id)).endsWith(" attempt=1 redelivered=true delivery=9");
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
        var killed =
            WorkerProcess.start("worker-1", vhost.uriOf("worker"), FAILING_HANDLERS).ready()) {
      var id = sender.send("failing", "{\"how\":\"kills\"}");

      assertThat(killed.exitCode()).isEqualTo(1);
      assertThat(killed.received(id)).isTrue();
      for (int i = 2; i < 10; i++) {
        sender.takeAndGiveBack();
      }
      try (var next = WorkerProcess.start("worker-2", vhost.uriOf("worker"), FAILING_HANDLERS)) {
        assertThat(sender.takeBuried().getProps().getHeaders().get(TaskHeaders.DEAD_REASON))
            .hasToString("too-many-deliveries");
        next.awaitDone(sender.send("Hello"));
      }
    }
  }

  @Test
  void endsAndLosesNothing_whenAHandlerIsDeafToItsInterrupt(VirtualHost vhost) throws Exception {
    try (var sender = new SenderStub(vhost).declareTopology();
        var deaf =
            WorkerProcess.start("worker-1", vhost.uriOf("worker"), FAILING_HANDLERS).ready()) {
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
        WorkerProcess.start(
            "worker-3", vhost.uriOf("worker"), Map.of("SPRING_MAIN_SOURCES", sources))) {

      assertThat(failed.exitCode()).isEqualTo(1);
      failed.awaitLine(
          line ->
              line.contains("two handlers of type message: ")
                  && line.contains("MessageHandler and ")
                  && line.contains(SecondMessageHandler.class.getName()));
    }
  }

  private String fail(String how) throws Exception {
    return sender.send("failing", payload(how));
  }

  private static String payload(String how) {
    return "{\"how\":\"%s\"}".formatted(how);
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
