package dev.warren.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.contract.ControlMessage;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker does what the API tells all workers. */
@ExtendWith(BrokerExtension.class)
class ControlIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final TestBroker broker;
  private final VirtualHost vhost;
  private final AtomicInteger asked = new AtomicInteger();
  @AutoClose private SenderStub sender;
  @AutoClose private WorkerProcess worker;

  @AutoClose("abort")
  private Connection connection;

  private Channel channel;

  ControlIT(TestBroker broker, VirtualHost vhost) throws Exception {
    this.broker = broker;
    this.vhost = vhost;
    sender = new SenderStub(vhost).declareTopology();
    connect();
  }

  private void connect() throws Exception {
    connection = vhost.connect();
    channel = connection.createChannel();
    channel.exchangeDeclare(TaskTopology.CONTROL_EXCHANGE, BuiltinExchangeType.FANOUT, true);
    var requests = channel.queueDeclare().getQueue();
    channel.queueBind(requests, TaskTopology.EVENTS_EXCHANGE, TaskTopology.STARTED_WORKERS);
    channel.basicConsume(
        requests, true, (tag, delivery) -> asked.incrementAndGet(), (tag, shutdown) -> {});
  }

  @Test
  void endsWhatIsCancelled_runsWhatIsNot() throws Exception {
    start();
    answer(List.of(), Set.of());
    worker.ready();
    var running = sender.send("chaos", "{\"sleepSeconds\":60}");
    var queued = sender.send("Hello");
    var wanted = sender.send("Hello");
    sender.awaitEvent(running, Kind.RUNNING);

    tell(ControlMessage.cancel(List.of(queued, running)));

    var cancelled = sender.awaitEvent(running, Kind.CANCELLED);
    assertThat(cancelled.startedAt()).isBeforeOrEqualTo(cancelled.endedAt());
    assertThat(cancelled.worker()).isEqualTo("worker-1");
    worker.awaitDone(wanted);
    worker.awaitLine(line -> line.matches("worker-1 cancelled " + running + " chaos after .*s"));
    assertThat(sender.events(queued)).extracting(TaskEvent::kind).containsExactly(Kind.CANCELLED);
    assertThat(sender.events(queued).get(0).startedAt()).isNull();
    assertThat(worker.received(queued)).isFalse();

    var deaf = sender.send("chaos", "{\"sleepSeconds\":2,\"ignoreInterrupt\":true}");
    sender.awaitEvent(deaf, Kind.RUNNING);
    tell(ControlMessage.cancel(List.of(deaf)));

    worker.awaitDone(deaf);
    assertThat(sender.awaitEvent(deaf, Kind.SUCCEEDED).body()).asString().contains("attempt");
    worker.awaitDone(sender.send("Hello"));
    assertThat(sender.events(deaf)).extracting(TaskEvent::kind).doesNotContain(Kind.CANCELLED);
    publish("no JSON".getBytes(UTF_8));
    publish("{\"kind\":\"cancel\",\"cancelled\":7}".getBytes(UTF_8));
    worker.awaitDone(sender.send("Hello"));
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE)).isNull();
  }

  @Test
  void takesNothing_beforeItKnowsWhatIsCancelledAndPaused() throws Exception {
    sender.declareWorkQueue("mail");
    var cancelled = sender.send("Hello");
    var wanted = sender.send("Hello");
    var paused = sender.sendTo("mail", "Hello");
    start();
    awaitAsked(1);
    assertThat(sender.events(cancelled)).isEmpty();

    answer(List.of(cancelled), Set.of("mail"));

    sender.awaitEvent(cancelled, Kind.CANCELLED);
    worker.awaitDone(wanted);
    worker.ready();
    assertThat(worker.received(cancelled)).isFalse();
    assertThat(consumers("mail")).isZero();

    tell(ControlMessage.queues(Set.of(), Instant.now()));

    worker.awaitDone(paused);
  }

  @Test
  void takesTasks_whenNobodyAnswers() throws Exception {
    var id = sender.send("Hello");
    start();

    worker.awaitDone(id);
    worker.awaitLine(line -> line.startsWith("nobody has said yet what is cancelled"));

    answer(List.of(), Set.of("default"));
    awaitConsumers("default", 0);
  }

  @Test
  void finishesWhatIsInHandOfAPausedQueue_andTakesTheRestOnceResumed() throws Exception {
    start();
    answer(List.of(), Set.of());
    worker.ready();
    var inHand = sender.send("Hello...");
    var next = sender.send("Hello");
    worker.awaitReceived(inHand);
    var now = Instant.now();

    tell(ControlMessage.queues(Set.of("default"), now));

    awaitPauses(1);
    assertThat(worker.did(inHand)).isFalse();
    tell(ControlMessage.queues(Set.of(), now.minusSeconds(1))); // said before, and late
    worker.awaitDone(inHand);
    sender.awaitEvent(inHand, Kind.SUCCEEDED);
    assertThat(worker.status("/actuator/health/readiness")).isEqualTo(200);
    assertThat(worker.received(next)).isFalse();
    assertThat(consumers("default")).isZero();

    // Resumed while a task is in hand again, which is neither interrupted nor done twice.
    tell(ControlMessage.queues(Set.of(), now.plusSeconds(1)));
    worker.awaitDone(next);
    var second = sender.send("Hello..");
    worker.awaitReceived(second);
    tell(ControlMessage.queues(Set.of("default"), now.plusSeconds(2)));
    awaitPauses(2);
    tell(ControlMessage.queues(Set.of(), now.plusSeconds(3)));
    worker.awaitDone(second);
    worker.awaitDone(sender.send("Hello"));
    assertThat(worker.lines()).noneMatch(line -> line.contains("redelivered=true"));

    // Stopped while a task of a paused queue is in hand.
    var last = sender.send("Hello..");
    worker.awaitReceived(last);
    tell(ControlMessage.queues(Set.of("default"), now.plusSeconds(4)));
    awaitPauses(3);
    worker.terminate();
    worker.exitCode();
    assertThat(worker.did(last)).isTrue();
    sender.awaitEvent(last, Kind.SUCCEEDED);
    assertThat(sender.take(TaskTopology.DEFAULT_QUEUE)).isNull();
  }

  @Test
  void asksAgain_whenTheBrokerWasKilledUnderIt() throws Exception {
    start();
    answer(List.of(), Set.of());
    worker.ready();
    var inHand = sender.send("chaos", "{\"sleepSeconds\":60}");
    worker.awaitReceived(inHand);
    var queued = sender.send("Hello");
    var before = asked.get();

    broker.kill();
    broker.start();
    connect();
    sender = new SenderStub(vhost).listen();
    awaitAsked(before + 1);
    answer(List.of(inHand), Set.of("default"));

    worker.awaitLine(line -> line.startsWith("worker-1 cancelled " + inHand));
    awaitConsumers("default", 0);
    tell(ControlMessage.queues(Set.of(), Instant.now()));
    worker.awaitDone(queued);
    worker.awaitReadiness(200);
  }

  private void start() {
    var queues = "default" + (exists("mail") ? ",mail" : "");
    var environment = Map.of("WORKER_CHAOS", "true", "WORKER_QUEUES", queues);
    worker = WorkerProcess.start("worker-1", vhost.uriOf("worker"), environment);
  }

  private boolean exists(String key) {
    try {
      return consumers(key) >= 0;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private void awaitAsked(int times) {
    await("asked").atMost(PATIENCE).until(() -> asked.get() >= times);
  }

  /** As the API does, once it is asked. */
  private void answer(List<String> cancelled, Set<String> paused) throws Exception {
    awaitAsked(1);
    tell(ControlMessage.snapshot(cancelled, paused, Instant.now()));
  }

  private void tell(ControlMessage message) throws Exception {
    publish(message.toWire().body());
  }

  private void publish(byte[] body) throws Exception {
    channel.basicPublish(
        TaskTopology.CONTROL_EXCHANGE, "", new AMQP.BasicProperties.Builder().build(), body);
  }

  /** The broker counts a consumer as long as it has a task in hand. */
  private void awaitPauses(int times) {
    worker.awaitLines(times, line -> line.endsWith("tasks.default: it is paused"));
  }

  private void awaitConsumers(String key, long consumers) {
    await(key + " has " + consumers + " consumers")
        .atMost(PATIENCE)
        .until(() -> consumers(key) == consumers);
  }

  private long consumers(String key) {
    return vhost.onChannel(
        looking ->
            (long) looking.queueDeclarePassive(TaskTopology.queueOf(key)).getConsumerCount());
  }
}
