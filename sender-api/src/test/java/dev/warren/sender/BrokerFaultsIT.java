package dev.warren.sender;

import static dev.warren.sender.Answers.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import dev.warren.contract.TaskTopology;
import dev.warren.grpc.v1.CalculatorGrpc;
import dev.warren.grpc.v1.Operands;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.Task;
import dev.warren.grpc.v1.TasksGrpc;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** What is answered, and what is kept, when the broker fails. */
@ExtendWith(BrokerExtension.class)
class BrokerFaultsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final SubmitRequest BY_GRPC =
      SubmitRequest.newBuilder()
          .setType("message")
          .setPayload(ByteString.copyFromUtf8("{\"message\":\"by gRPC\"}"))
          .build();

  private TestBroker broker;
  private VirtualHost vhost;
  private RunningSender sender;

  @BeforeEach
  void start(TestBroker broker, VirtualHost vhost) {
    this.broker = broker;
    this.vhost = vhost;
  }

  @AfterEach
  void stop() {
    if (sender != null) {
      sender.close();
    }
  }

  @Test
  void answersOnlyAfterTheBrokerConfirms_butTellsTheIdBefore() throws Exception {
    sender =
        RunningSender.on(
                vhost,
                "--sender.publishing.confirm-timeout=60s",
                "--spring.rabbitmq.requested-heartbeat=300s")
            .ready();
    var channel = sender.grpcChannel();
    broker.freeze();
    CompletableFuture<HttpResponse<String>> answer;
    Future<Task> submitted;
    var headers = new AtomicReference<Metadata>();
    try {
      answer = sender.sendLater("confirmed before the 202");
      submitted =
          TasksGrpc.newFutureStub(channel)
              .withInterceptors(
                  MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
              .submit(BY_GRPC);
      awaitInFlight(2);
      await().atMost(PATIENCE).until(() -> headers.get() != null);
      assertThat(answer).isNotDone();
      assertThat(submitted.isDone()).isFalse();
    } finally {
      broker.thaw();
      channel.shutdown();
    }
    assertThat(answer.join().statusCode()).isEqualTo(202);
    var id = Metadata.Key.of("warren-task-id", Metadata.ASCII_STRING_MARSHALLER);
    assertThat(submitted.get().getId()).isEqualTo(headers.get().get(id));
    assertThat(vhost.take(TaskTopology.DEFAULT_QUEUE)).isPresent();
  }

  @Test
  void answers504WithTheIdThen503_whenTheBrokerIsFrozen() {
    sender = RunningSender.on(vhost).ready();
    broker.freeze();
    try {
      var first = sender.send("frozen");
      assertProblem(first, 504, "unconfirmed");
      assertThat(idIn(first)).isNotBlank();
      assertProblem(sender.send("known to be frozen"), 503, "broker-unavailable");
      assertUnavailableByGrpc();
      assertThat(sender.readiness().statusCode()).isEqualTo(503);
    } finally {
      broker.thaw();
    }
    sender.ready();
    awaitTaken("thawed");
  }

  @Test
  void refusesBeyondTheBound_whenConfirmsDoNotCome() {
    sender = RunningSender.on(vhost, "--sender.publishing.max-in-flight=5").ready();
    broker.freeze();
    try {
      var waiting = IntStream.range(0, 5).mapToObj(i -> sender.sendLater("waits")).toList();
      awaitInFlight(5);
      assertProblem(sender.send("one too many"), 503, "overloaded");
      assertThat(waiting).filteredOn(each -> !each.isDone()).hasSizeGreaterThanOrEqualTo(3);
    } finally {
      broker.thaw();
    }
    sender.ready();
    awaitTaken("room again");
  }

  @Test
  void refusesWhatNothingIsBoundFor_untilItIsBoundAgain() {
    sender = RunningSender.on(vhost).ready();
    vhost.onChannel(
        channel -> {
          var exchange = TaskTopology.TASKS_EXCHANGE;
          channel.queueUnbind(TaskTopology.LEDGER_QUEUE, exchange, TaskTopology.DEFAULT_KEY);
          return channel.queueUnbind(
              TaskTopology.DEFAULT_QUEUE, exchange, TaskTopology.DEFAULT_KEY);
        });
    assertProblem(sender.send("to nowhere"), 503, "unroutable");
    awaitTaken("bound again");
  }

  @Test
  void holdsNoThread_whileConfirmsAreAwaited() {
    sender =
        RunningSender.on(
                vhost,
                "--server.tomcat.threads.max=4",
                "--server.tomcat.threads.min-spare=1",
                "--sender.publishing.confirm-timeout=60s",
                "--spring.rabbitmq.requested-heartbeat=300s")
            .ready();
    broker.freeze();
    List<CompletableFuture<HttpResponse<String>>> answers;
    try {
      answers = IntStream.range(0, 50).mapToObj(i -> sender.sendLater("waits")).toList();
      awaitInFlight(50);
    } finally {
      broker.thaw();
    }
    assertThat(answers).allSatisfy(each -> assertThat(each.join().statusCode()).isEqualTo(202));
  }

  @Test
  void answersWhatIsInHand_whenItIsStopped() {
    sender = RunningSender.on(vhost).ready();
    broker.freeze();
    CompletableFuture<HttpResponse<String>> answer;
    CompletableFuture<Void> stopped;
    try {
      answer = sender.sendLater("in hand at SIGTERM");
      awaitInFlight(1);
      stopped = CompletableFuture.runAsync(sender::close);
      await().atMost(PATIENCE).until(() -> !sender.accepts());
    } finally {
      broker.thaw();
    }
    assertThat(answer.join().statusCode()).isEqualTo(202);
    stopped.join();
  }

  @Test
  void ends_whenTheBrokerIsFrozen() {
    sender = RunningSender.on(vhost).ready();
    broker.freeze();
    try {
      var stopped = CompletableFuture.runAsync(sender::close);
      await().atMost(PATIENCE).until(stopped::isDone); // while it is frozen
    } finally {
      broker.thaw();
    }
  }

  @Test
  void losesNothingItConfirmed_whenTheBrokerIsKilled() {
    sender = RunningSender.on(vhost).ready();
    Set<String> accepted = new HashSet<>();
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    IntStream.range(0, 500).forEach(i -> answers.add(sender.sendLater("before the kill")));
    await().atMost(PATIENCE).until(() -> sender.metric("warren_tasks_accepted_total") >= 100);
    broker.kill();
    try {
      for (var answer : answers) {
        if (answer.join().statusCode() == 202) {
          accepted.add(idIn(answer.join()));
        }
      }
      assertProblem(sender.send("while it is down"), 503, "broker-unavailable");
      assertUnavailableByGrpc();
      assertThat(sender.readiness().body()).contains("\"status\":\"DOWN\"").contains("reason");
      assertThat(sender.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    } finally {
      broker.start();
    }
    sender.ready();
    accepted.add(idIn(awaitTaken("after the restart")));

    assertThat(accepted.size()).isGreaterThan(100);
    assertThat(allIn(TaskTopology.DEFAULT_QUEUE)).containsAll(accepted);
  }

  @Test
  void startsBeforeTheBroker() {
    broker.kill();
    try {
      sender = RunningSender.on(vhost);
      assertProblem(sender.send("too early"), 503, "broker-unavailable");
      assertThat(sender.readiness().statusCode()).isEqualTo(503);
    } finally {
      broker.start();
    }
    sender.ready();
    awaitTaken("in time");
  }

  @Test
  void reconnects_whenItsConnectionsAreClosed() {
    sender = RunningSender.on(vhost).ready();
    broker.ctl("close_all_connections", "--vhost", vhost.name(), "closed by a test");
    awaitTaken("again");
  }

  @Test
  void answers503AtOnce_whenAnAlarmBlocksPublishers() {
    sender = RunningSender.on(vhost).ready();
    broker.ctl("set_vm_memory_high_watermark", "0");
    try {
      await().atMost(PATIENCE).until(() -> sender.readiness().statusCode() == 503);
      assertProblem(sender.send("blocked"), 503, "broker-blocked");
      assertThat(sender.readiness().body()).contains("blocks publishers");
    } finally {
      broker.ctl("set_vm_memory_high_watermark", "0.4");
    }
    sender.ready();
    awaitTaken("unblocked");
  }

  @Test
  void isNotReady_whenItConnectsDuringAnAlarm() {
    broker.ctl("set_vm_memory_high_watermark", "0");
    try {
      sender = RunningSender.on(vhost);
      await().atMost(PATIENCE).until(() -> sender.readiness().body().contains("blocks publishers"));
      assertProblem(sender.send("blocked"), 503, "broker-blocked");
    } finally {
      broker.ctl("set_vm_memory_high_watermark", "0.4");
    }
    sender.ready();
  }

  @Test
  void answers503_whenTheQueueIsFull() {
    sender = RunningSender.on(vhost).ready();
    vhost.manage(
        "PUT",
        "/api/policies/" + vhost.name() + "/full",
        "{\"pattern\": \"^tasks.default$\", \"apply-to\": \"queues\","
            + " \"definition\": {\"max-length\": 1}}");
    await().atMost(PATIENCE).until(() -> sender.send("fills the queue").statusCode() == 503);
    assertProblem(sender.send("does not fit"), 503, "queue-refused");
    vhost.purge(TaskTopology.DEFAULT_QUEUE);
    awaitTaken("fits");
  }

  /** The ledger has a copy, and sends again what is not in its queue. */
  @Test
  void takesTasksAndBindsTheQueueAgain_whenItsBindingIsGone() {
    sender = RunningSender.on(vhost).ready();
    vhost.onChannel(
        channel ->
            channel.queueUnbind(
                TaskTopology.DEFAULT_QUEUE, TaskTopology.TASKS_EXCHANGE, TaskTopology.DEFAULT_KEY));
    awaitTaken("to the ledger only");
    awaitTaskInQueue("bound again");
  }

  @Test
  void declaresTheQueueAgain_whenItIsDeleted() {
    sender = RunningSender.on(vhost).ready();
    vhost.onChannel(channel -> channel.queueDelete(TaskTopology.DEFAULT_QUEUE));
    awaitTaskInQueue("declared again");
  }

  @Test
  void declaresTheExchangeAgain_whenItIsDeleted() {
    sender = RunningSender.on(vhost).ready();
    vhost.onChannel(channel -> channel.exchangeDelete(TaskTopology.TASKS_EXCHANGE));
    assertThat(sender.send("no exchange").statusCode()).isIn(503, 504);
    awaitTaken("declared again");
  }

  @Test
  void isNotReadyAndSaysWhichArgumentDiffers_whenTheQueueIsDeclaredOtherwise() {
    vhost.onChannel(
        channel -> channel.queueDeclare(TaskTopology.DEFAULT_QUEUE, true, false, false, null));
    sender = RunningSender.on(vhost);
    await()
        .atMost(PATIENCE)
        .until(() -> sender.readiness().body().contains("inequivalent arg 'x-"));
    assertThat(sender.readiness().body()).contains("tasks.default");
    assertProblem(sender.send("not taken"), 503, "broker-unavailable");

    vhost.onChannel(channel -> channel.queueDelete(TaskTopology.DEFAULT_QUEUE));
    sender.ready();
    awaitTaken("taken");
  }

  @Test
  void takesCredentialsThatArePercentEncoded() {
    var user = "/api/users/a%40b";
    vhost.manage("PUT", user, "{\"password\": \"p/:@ ss+%\", \"tags\": \"\"}");
    vhost.manage(
        "PUT",
        "/api/permissions/" + vhost.name() + "/a%40b",
        "{\"configure\": \".*\", \"write\": \".*\", \"read\": \".*\"}");
    var uri = vhost.uri().replaceFirst("//[^@]*@", "//a%40b:p%2F%3A%40%20ss+%25@");
    sender = RunningSender.on(uri).ready();
    awaitTaken("by another user");
    vhost.manage("DELETE", user, "");
  }

  /** Now or a moment later, as a client does that tries again. */
  private HttpResponse<String> awaitTaken(String message) {
    return await()
        .atMost(PATIENCE)
        .until(() -> sender.send(message), answer -> answer.statusCode() == 202);
  }

  private void assertUnavailableByGrpc() {
    var channel = sender.grpcChannel();
    try {
      var operands = Operands.newBuilder().setA("1").setB("2").build();
      assertUnavailable(() -> CalculatorGrpc.newBlockingStub(channel).add(operands));
      assertUnavailable(() -> TasksGrpc.newBlockingStub(channel).submit(BY_GRPC));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertUnavailable(ThrowingCallable call) {
    var failure = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure.getStatus().getCode()).as(failure.toString()).isEqualTo(Code.UNAVAILABLE);
    assertThat(StatusProto.fromThrowable(failure).getDetailsList())
        .anyMatch(detail -> detail.is(RetryInfo.class));
  }

  private void awaitTaskInQueue(String message) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // while there is no such queue
        .until(
            () -> {
              var answer = sender.send(message);
              return answer.statusCode() == 202
                  && allIn(TaskTopology.DEFAULT_QUEUE).contains(idIn(answer));
            });
  }

  /** Beside what the sender has to say to workers. */
  private void awaitInFlight(int publishes) {
    await().atMost(PATIENCE).until(() -> sender.metric("warren_publish_in_flight") >= publishes);
  }

  private Set<String> allIn(String queue) {
    return vhost.onChannel(
        channel -> {
          var ids = new HashSet<String>();
          for (var got = channel.basicGet(queue, true);
              got != null;
              got = channel.basicGet(queue, true)) {
            ids.add(got.getProps().getMessageId());
          }
          return ids;
        });
  }

  private static String idIn(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).get("id").asString();
  }
}
