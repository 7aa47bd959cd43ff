package dev.warren.sender;

import static dev.warren.sender.StubWorker.event;
import static dev.warren.sender.StubWorker.failed;
import static dev.warren.sender.StubWorker.succeeded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.CalculatorGrpc;
import dev.warren.grpc.v1.CalculatorGrpc.CalculatorBlockingStub;
import dev.warren.grpc.v1.DirectoryGrpc;
import dev.warren.grpc.v1.GetRequest;
import dev.warren.grpc.v1.InfoRequest;
import dev.warren.grpc.v1.LogarithmRequest;
import dev.warren.grpc.v1.MeanRequest;
import dev.warren.grpc.v1.Operands;
import dev.warren.grpc.v1.PowerRequest;
import dev.warren.grpc.v1.SearchRequest;
import dev.warren.grpc.v1.SubmitOutcome.OutcomeCase;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SubmitSummary;
import dev.warren.grpc.v1.SystemGrpc;
import dev.warren.grpc.v1.Task;
import dev.warren.grpc.v1.TaskState;
import dev.warren.grpc.v1.TasksGrpc;
import dev.warren.grpc.v1.TasksGrpc.TasksBlockingStub;
import dev.warren.grpc.v1.WatchRequest;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** What callers by gRPC are told, and who may call. */
@ExtendWith(BrokerExtension.class)
class GrpcIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Metadata.Key<String> TASK_ID = key("warren-task-id");
  private static final String ADMIN_KEY = "warren_0123456789abcdef0123456789abcdef";
  private static final String AWAITED = "warren_replies_awaited";
  private static final String LISTENERS = "warren_events_listeners";
  private static final int MANY = 1000;

  private static VirtualHost vhost;
  private static RunningSender sender;
  private static ManagedChannel channel;
  private static StubWorker calculator;
  private static String submitKey;

  @BeforeAll
  static void start(VirtualHost own) {
    vhost = own;
    sender =
        RunningSender.on(
                vhost,
                "--WARREN_QUEUES=slow",
                "--WARREN_ADMIN_KEY=" + ADMIN_KEY,
                "--sender.publishing.max-in-flight=5000",
                "--sender.publishing.confirm-timeout=60s")
            .ready();
    channel = sender.grpcChannel();
    calculator = StubWorker.answering(vhost, "calculator", GrpcIT::compute);
    submitKey = made("only-submits", "submit");
    // The replica hears of ends once its own queue is there.
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> calculator().withDeadlineAfter(1, TimeUnit.SECONDS).add(of("1", "2")) != null);
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    calculator.close();
    sender.close();
  }

  private static String made(String name, String scope) {
    var request =
        sender
            .to("/v1/keys")
            .header("Authorization", "Bearer " + ADMIN_KEY)
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"name\":\"%s\",\"scope\":\"%s\"}".formatted(name, scope)));
    var answer = sender.answerTo(request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JsonMapper.shared().readTree(answer.body()).get("key").asString();
  }

  /** What the payload was, unless the numbers ask for something else. */
  private static TaskEvent compute(TaskMessage task) {
    var payload = JsonMapper.shared().readTree(task.payload());
    return switch (payload.path("b").asString("")) {
      case "0" -> failed(task, new TaskFailure("division-by-zero", "1 / 0", true, false, null));
      case "6" -> succeeded(task, "{}");
      case "7" -> succeeded(task, "\"seven\"");
      case "8" -> event(Kind.CANCELLED, task, null, new byte[0]);
      default ->
          succeeded(task, "{\"value\": %s}".formatted(valueOf(new String(task.payload(), UTF_8))));
    };
  }

  /** The first number, as it stands. */
  private static String valueOf(String payload) {
    return payload.replaceFirst("^\\{\"[a-z]+\":\\[?", "").replaceFirst("[,\\]}].*", "");
  }

  @Test
  void eachOfTheServicesIsCalledWithExactlyWhatWasSent() {
    assertThat(calculator().add(of("0.10000000000000000000000000000000001", "1")).getValue())
        .isEqualTo("0.10000000000000000000000000000000001");
    assertThat(calculator().subtract(of("-12.5e3", "1")).getValue()).isEqualTo("-1.25E+4");
    assertThat(calculator().multiply(of("3", "1")).getValue()).isEqualTo("3");
    assertThat(calculator().divide(of("4", "1")).getValue()).isEqualTo("4");
    var power = PowerRequest.newBuilder().setBase("5").setExponent("2").build();
    assertThat(calculator().power(power).getValue()).isEqualTo("5");
    var logarithm = LogarithmRequest.newBuilder().setValue("6").build();
    assertThat(calculator().logarithm(logarithm).getValue()).isEqualTo("6");
    var withBase = logarithm.toBuilder().setBase("10").build();
    assertThat(calculator().logarithm(withBase).getValue()).isEqualTo("6");
    var mean = MeanRequest.newBuilder().addNumbers("1.50").addNumbers("2").build();
    assertThat(calculator().mean(mean).getValue()).isEqualTo("1.50");

    var match = "{\"matches\":[{\"name\":\"João\",\"age\":31,\"city\":\"Faro\"}]}";
    try (var directory = StubWorker.answering(vhost, "directory", task -> succeeded(task, match))) {
      var search = SearchRequest.newBuilder().setName("joao \"\n").build();
      var matches =
          withKey(DirectoryGrpc.newBlockingStub(channel))
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .search(search)
              .getMatchesList();
      assertThat(matches).hasSize(1);
      assertThat(matches.get(0).getName()).isEqualTo("João");
      assertThat(matches.get(0).getAge()).isEqualTo(31);
      assertThat(matches.get(0).getCity()).isEqualTo("Faro");
    }
    var info =
        "{\"worker\":\"w\",\"os\":\"Linux\",\"osVersion\":\"6\",\"architecture\":\"amd64\","
            + "\"jdk\":\"17\",\"cores\":2,\"memoryBytes\":9000000000,\"freeMemoryBytes\":1,"
            + "\"maxHeapBytes\":2,\"uptime\":\"PT1M2.345S\",\"more\":true}";
    try (var system = StubWorker.answering(vhost, "system", task -> succeeded(task, info))) {
      var reply =
          withKey(SystemGrpc.newBlockingStub(channel))
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .info(InfoRequest.getDefaultInstance());
      assertThat(reply.getMemoryBytes()).isEqualTo(9_000_000_000L);
      assertThat(reply.getUptime()).isEqualTo(Durations.fromMillis(62_345));
    }
  }

  @Test
  void aServicesFailureIsItsCodeInTheDetails() {
    var headers = new AtomicReference<Metadata>();
    var divide = withHeaders(calculator(), headers);
    var failure = refused(Code.FAILED_PRECONDITION, () -> divide.divide(of("1", "0")));
    assertThat(failure.getStatus().getDescription()).isEqualTo("1 / 0");
    var info = detail(failure, ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("division-by-zero");
    var id = info.getMetadataOrThrow("task-id");
    assertThat(headers.get().get(TASK_ID)).isEqualTo(id);
    await().atMost(PATIENCE).until(() -> get(id).getState() == TaskState.TASK_STATE_DEAD);
    assertThat(get(id).getError().getCode()).isEqualTo("division-by-zero");

    refused(Code.ABORTED, () -> calculator().add(of("1", "8")));
    for (var odd : List.of("6", "7")) {
      var unreadable = refused(Code.INTERNAL, () -> calculator().add(of("1", odd)));
      assertThat(detail(unreadable, ErrorInfo.class).getReason()).isEqualTo("unreadable-result");
    }
  }

  @Test
  void aRequestAtFaultSaysWhichFieldsAre() {
    var both = refused(Code.INVALID_ARGUMENT, () -> calculator().add(of("1,5", "")));
    assertThat(fieldsAtFault(both)).containsExactly("a", "b");
    var large = refused(Code.INVALID_ARGUMENT, () -> calculator().add(of("9e999", "1")));
    assertThat(fieldsAtFault(large)).containsExactly("a");
    var tooMany = MeanRequest.newBuilder().addAllNumbers(Collections.nCopies(10_001, "1"));
    refused(Code.INVALID_ARGUMENT, () -> calculator().mean(tooMany.build()));
    var nameless = SearchRequest.getDefaultInstance();
    var search = withKey(DirectoryGrpc.newBlockingStub(channel));
    assertThat(fieldsAtFault(refused(Code.INVALID_ARGUMENT, () -> search.search(nameless))))
        .containsExactly("name");

    var task =
        message("x").toBuilder()
            .setTimeout(Durations.fromMillis(1500))
            .setDelay(Durations.fromSeconds(-1))
            .setPriority(10)
            .setTaskId("/")
            .build();
    var all = refused(Code.INVALID_ARGUMENT, () -> tasks().submit(task));
    assertThat(fieldsAtFault(all))
        .containsExactlyInAnyOrder("timeout", "delay", "priority", "task_id");
    var injected = task("message", "{\"message\":\"x\"}, \"priority\": 1");
    refused(Code.INVALID_ARGUMENT, () -> tasks().submit(injected));
    var broken = task("own", "{").toBuilder().setQueue("slow").build();
    refused(Code.INVALID_ARGUMENT, () -> tasks().submit(broken));
    var unknown = refused(Code.NOT_FOUND, () -> tasks().submit(task("mesage", "{}")));
    assertThat(unknown.getStatus().getDescription()).contains("the nearest: message");
  }

  @Test
  void aCallThatIsNotAnsweredInTime_isFoundByTheIdThatCameFirst() {
    var headers = new AtomicReference<Metadata>();
    var slow = withHeaders(withKey(DirectoryGrpc.newBlockingStub(channel)), headers);
    var search = SearchRequest.newBuilder().setName("late").build();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              refused(
                  Code.DEADLINE_EXCEEDED,
                  () -> slow.withDeadlineAfter(2, TimeUnit.SECONDS).search(search));
              return headers.get() != null && headers.get().get(TASK_ID) != null;
            });
    var id = headers.get().get(TASK_ID);
    assertThat(get(id).getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
    assertThat(get(id).hasExpiresAt()).isFalse();
    try (var late =
        StubWorker.answering(vhost, "directory", task -> succeeded(task, "{\"matches\":[]}"))) {
      var waiting = GetRequest.newBuilder().setTaskId(id).setWait(Durations.fromSeconds(60));
      var ended = tasks().get(waiting.build());
      assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
      assertThat(ended.getResult().toStringUtf8()).isEqualTo("{\"matches\":[]}");
    }
  }

  @Test
  void aCallerWhoHangsUpKeepsNoPlace_andTheWorkIsDone() {
    await().atMost(PATIENCE).until(() -> metric(AWAITED) == 0);
    var headers = new AtomicReference<Metadata>();
    await().atMost(PATIENCE).until(() -> isForgottenBeforeItsTime(headers));
    var id = headers.get().get(TASK_ID);
    try (var late = StubWorker.answering(vhost, "system", task -> succeeded(task, "{}"))) {
      await().atMost(PATIENCE).until(() -> get(id).getState() == TaskState.TASK_STATE_SUCCEEDED);
    }
  }

  /** Whether a caller who has hung up was let go for that, and not since his time was over. */
  private static boolean isForgottenBeforeItsTime(AtomicReference<Metadata> headers) {
    headers.set(null);
    var deadline = Deadline.after(60, TimeUnit.SECONDS);
    var call =
        withHeaders(withKey(SystemGrpc.newFutureStub(channel)), headers)
            .withDeadline(deadline)
            .info(InfoRequest.getDefaultInstance());
    await()
        .atMost(PATIENCE)
        .until(() -> call.isDone() || (headers.get() != null && metric(AWAITED) == 1));
    call.cancel(true);
    await().atMost(PATIENCE).until(() -> metric(AWAITED) == 0);
    return !deadline.isExpired();
  }

  @Test
  void expiresWithItsDeadline_whereThatIsWanted() {
    var metadata = new Metadata();
    metadata.put(key("warren-expire"), "true");
    var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    metadata.put(key("traceparent"), trace);
    var seen = new LinkedBlockingQueue<TaskMessage>();
    var before = Instant.now();
    try (var system = StubWorker.taking(vhost, "system", worker -> seen::add)) {
      var expiring =
          withKey(SystemGrpc.newFutureStub(channel))
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
              .withDeadlineAfter(30, TimeUnit.SECONDS);
      var call = expiring.info(InfoRequest.getDefaultInstance());
      await().atMost(PATIENCE).until(() -> !seen.isEmpty());
      call.cancel(true);
    }
    var task = seen.remove();
    assertThat(task.options().expiresAt())
        .isBetween(before.plusSeconds(1), Instant.now().plusSeconds(31));
    assertThat(task.createdBy()).isEqualTo("WARREN_ADMIN_KEY");
    assertThat(task.origin().trace()).hasToString(trace);
    assertThat(get(task.id()).getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void takesOneTask_once() {
    var headers = new AtomicReference<Metadata>();
    var id = "own-" + UUID.randomUUID();
    var request =
        message("hello").toBuilder()
            .setTaskId(id)
            .setQueue("slow")
            .setPriority(3)
            .putLabels("a", "b")
            .setDelay(Durations.fromMillis(1))
            .setTimeout(Durations.fromSeconds(7))
            .build();
    var task = withHeaders(tasks(), headers).submit(request);
    assertThat(headers.get().get(TASK_ID)).isEqualTo(id);
    assertThat(task.getId()).isEqualTo(id);
    assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_SCHEDULED);
    var again = refused(Code.ALREADY_EXISTS, () -> tasks().submit(request));
    assertThat(detail(again, ErrorInfo.class).getReason()).isEqualTo("task-id-taken");
    var found = get(id);
    assertThat(found.getPayload().toStringUtf8()).isEqualTo("{\"message\":\"hello\"}");
    assertThat(found.getQueue()).isEqualTo("slow");
    assertThat(found.getPriority()).isEqualTo(3);
    assertThat(found.getLabelsMap()).containsEntry("a", "b");
    assertThat(found.getTimeout()).isEqualTo(Durations.fromSeconds(7));
    assertThat(found.getCreatedBy()).isEqualTo("WARREN_ADMIN_KEY");
    refused(Code.NOT_FOUND, () -> get("none"));
    refused(Code.INVALID_ARGUMENT, () -> get(""));
  }

  @Test
  void aStreamOf1000TasksHasTheOutcomeOfEach() {
    var summary = new CompletableFuture<SubmitSummary>();
    var stream = withKey(TasksGrpc.newStub(channel)).submitStream(new FirstAnswer<>(summary));
    for (var i = 0; i < MANY; i++) {
      stream.onNext(i % 100 == 7 ? task("none", "{}") : message("number " + i));
    }
    stream.onCompleted();
    assertThat(summary).succeedsWithin(PATIENCE);
    var outcomes = summary.join().getOutcomesList();
    assertThat(outcomes).hasSize(MANY);
    var ids = new HashSet<String>();
    for (var i = 0; i < MANY; i++) {
      var outcome = outcomes.get(i);
      if (i % 100 == 7) {
        assertThat(outcome.getRefusal().getCode()).isEqualTo(Code.NOT_FOUND.value());
      } else {
        assertThat(outcome.getOutcomeCase()).isEqualTo(OutcomeCase.TASK_ID);
        ids.add(outcome.getTaskId());
      }
    }
    assertThat(ids).hasSize(MANY - 10);
    var last = outcomes.get(MANY - 1).getTaskId();
    assertThat(get(last).getPayload().toStringUtf8()).contains("number " + (MANY - 1));
  }

  @Test
  void aThousandCallersAtOnceHaveEachTheirOwnAnswer() throws Exception {
    var calls =
        IntStream.range(0, MANY)
            .mapToObj(
                i ->
                    withKey(CalculatorGrpc.newFutureStub(channel))
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .add(of(Integer.toString(i + 10), "1")))
            .toList();
    for (var i = 0; i < MANY; i++) {
      assertThat(calls.get(i).get().getValue()).isEqualTo(Integer.toString(i + 10));
    }
  }

  /** Of 32 MiB for the payloads of all who wait, 31 calls leave less than one of their size. */
  @Test
  void nobodyMoreWaits_whereThePayloadsOfThoseWhoWaitAreTooLarge() {
    var largest = "\"" + "x".repeat((1 << 20) - 2) + "\"";
    var held = new LinkedBlockingQueue<TaskMessage>();
    await().atMost(PATIENCE).until(() -> metric(AWAITED) == 0);
    try (var worker = StubWorker.taking(vhost, "slow", stub -> held::add)) {
      var waiting = Stream.generate(() -> called(largest)).limit(31).toList();
      await().atMost(PATIENCE).until(() -> idsOf(heavyIn(held)).size() == 31);
      assertThat(called(largest).join().statusCode()).isEqualTo(202);
      var rest = called(largest.substring(0, 991 << 10) + "\"");
      await().atMost(PATIENCE).until(() -> idsOf(heavyIn(held)).size() == 33);
      var numbers = MeanRequest.newBuilder().addAllNumbers(Collections.nCopies(10_000, "1"));
      var unheard = refused(Code.DEADLINE_EXCEEDED, () -> calculator().mean(numbers.build()));
      assertThat(detail(unheard, ErrorInfo.class).getReason()).isEqualTo("accepted");
      assertThat(waiting).anyMatch(each -> !each.isDone());

      heavyIn(held).forEach(task -> worker.tell(succeeded(task, "1")));
      assertThat(waiting).anyMatch(each -> each.join().statusCode() == 200);
      rest.join();
    }
    try (var worker = StubWorker.answering(vhost, "slow", task -> succeeded(task, "1"))) {
      assertThat(called(largest).join().statusCode()).isEqualTo(200);
    }
    assertThat(calculator().add(of("1", "1")).getValue()).isEqualTo("1");
  }

  /** What is held for long is sent again. */
  private static Set<String> idsOf(List<TaskMessage> tasks) {
    return tasks.stream().map(TaskMessage::id).collect(Collectors.toSet());
  }

  private static List<TaskMessage> heavyIn(Collection<TaskMessage> all) {
    return all.stream().filter(each -> each.type().equals("heavy")).toList();
  }

  private static CompletableFuture<HttpResponse<String>> called(String payload) {
    return sender.takenLater(
        sender
            .to("/v1/calls/heavy?queue=slow")
            .header("Authorization", "Bearer " + ADMIN_KEY)
            .header("Content-Type", "application/json")
            .header("Prefer", "wait=60")
            .POST(BodyPublishers.ofString(payload)));
  }

  @Test
  void watchesATaskFromItsArrivalToItsEnd() {
    var task = tasks().submit(message("watched").toBuilder().setQueue("slow").build());
    var events = new CompletableFuture<List<dev.warren.grpc.v1.TaskEvent>>();
    var all = new CopyOnWriteArrayList<dev.warren.grpc.v1.TaskEvent>();
    get(task.getId());
    var watch = WatchRequest.newBuilder().setTaskId(task.getId()).build();
    withKey(TasksGrpc.newStub(channel)).watch(watch, collecting(all, events));
    await().atMost(PATIENCE).until(() -> !all.isEmpty());
    var message = new LinkedBlockingQueue<TaskMessage>();
    try (var worker = StubWorker.taking(vhost, "slow", stub -> message::add)) {
      var taken =
          await().atMost(PATIENCE).until(() -> find(message, task.getId()), Objects::nonNull);
      worker.tell(event(Kind.RUNNING, taken, null, new byte[0]));
      worker.tell(succeeded(taken, "1"));
      assertThat(events).succeedsWithin(PATIENCE);
    }
    assertThat(all.stream().map(dev.warren.grpc.v1.TaskEvent::getKind))
        .containsExactly("queued", "running", "succeeded");
    assertThat(all.get(1).getWorker()).isEqualTo("stub");

    var behind = WatchRequest.newBuilder().setTaskId(task.getId()).setAfter(all.get(1).getId());
    var rest = withKey(TasksGrpc.newBlockingStub(channel)).watch(behind.build());
    assertThat(rest.next().getKind()).isEqualTo("succeeded");
    assertThat(rest.hasNext()).isFalse();
    refused(Code.NOT_FOUND, () -> unlessBehind(() -> watched("none").hasNext()));
    var wrong = WatchRequest.newBuilder().setTaskId("a").setType("b").setAfter(-1).build();
    var faults = refused(Code.INVALID_ARGUMENT, () -> tasks().watch(wrong).hasNext());
    assertThat(fieldsAtFault(faults)).containsExactly("after", "task_id");
  }

  private static TaskMessage find(Collection<TaskMessage> all, String id) {
    return all.stream().filter(each -> each.id().equals(id)).findAny().orElse(null);
  }

  private Iterator<dev.warren.grpc.v1.TaskEvent> watched(String id) {
    return tasks().watch(WatchRequest.newBuilder().setTaskId(id).build());
  }

  @Test
  void whoGoesIsNoLongerListenedFor() throws Exception {
    var open = WatchRequest.newBuilder().setType("of-nobody").build();
    var context = Context.current().withCancellation();
    var before = metric(LISTENERS);
    var events = context.call(() -> withKey(TasksGrpc.newBlockingStub(channel)).watch(open));
    await().atMost(PATIENCE).until(() -> metric(LISTENERS) == before + 1);
    context.cancel(null);
    refused(Code.CANCELLED, events::hasNext);
    await().atMost(PATIENCE).until(() -> metric(LISTENERS) == before);
  }

  @Test
  void aWatchEndsWithItsKey() {
    var task = tasks().submit(message("watched").toBuilder().setQueue("slow").build());
    get(task.getId());
    var events =
        with(TasksGrpc.newBlockingStub(channel), made("watches", "read"))
            .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .watch(WatchRequest.newBuilder().setTaskId(task.getId()).build());
    assertThat(events.next().getKind()).isEqualTo("queued");
    var revoking = sender.to("/v1/keys/watches").header("Authorization", "Bearer " + ADMIN_KEY);
    assertThat(sender.answerTo(revoking.DELETE()).statusCode()).isEqualTo(204);
    var ended = refused(Code.UNAUTHENTICATED, events::hasNext);
    assertThat(detail(ended, ErrorInfo.class).getReason()).isEqualTo("key-unknown");
  }

  private static double metric(String line) {
    var request = sender.to("/actuator/prometheus").header("Authorization", "Bearer " + ADMIN_KEY);
    return sender
        .answerTo(request)
        .body()
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .mapToDouble(each -> Double.parseDouble(each.split(" ")[1]))
        .sum();
  }

  @Test
  void nobodyIsLetInWithoutAKeyThatAllowsIt() {
    var bare = TasksGrpc.newBlockingStub(channel);
    refused(Code.UNAUTHENTICATED, () -> bare.submit(message("x")));
    refused(Code.UNAUTHENTICATED, () -> CalculatorGrpc.newBlockingStub(channel).add(of("1", "1")));
    refused(
        Code.UNAUTHENTICATED, () -> with(bare, "warren_" + "f".repeat(32)).submit(message("x")));
    refused(Code.UNAUTHENTICATED, () -> bare.watch(WatchRequest.getDefaultInstance()).hasNext());
    var summary = new CompletableFuture<SubmitSummary>();
    TasksGrpc.newStub(channel).submitStream(new FirstAnswer<>(summary));
    assertThat(summary)
        .failsWithin(PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("UNAUTHENTICATED");

    var submits = with(bare, submitKey);
    assertThat(submits.submit(message("x")).getCreatedBy()).isEqualTo("only-submits");
    assertThat(
            with(CalculatorGrpc.newBlockingStub(channel), submitKey)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .add(of("1", "1"))
                .getValue())
        .isEqualTo("1");
    var read = GetRequest.newBuilder().setTaskId("none").build();
    var denied = refused(Code.PERMISSION_DENIED, () -> submits.get(read));
    assertThat(detail(denied, ErrorInfo.class).getReason()).isEqualTo("scope-too-small");
  }

  @Test
  void healthIsOpen_andReflectionIsOff() {
    var health = HealthGrpc.newBlockingStub(channel);
    var all = HealthCheckRequest.getDefaultInstance();
    await().atMost(PATIENCE).until(() -> health.check(all).getStatus() == ServingStatus.SERVING);
    refused(Code.UNAUTHENTICATED, () -> health.watch(all).hasNext());
    var answer = new CompletableFuture<ServerReflectionResponse>();
    var reflection =
        withKey(ServerReflectionGrpc.newStub(channel))
            .serverReflectionInfo(new FirstAnswer<>(answer));
    reflection.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(answer)
        .failsWithin(PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("UNIMPLEMENTED");
  }

  @Test
  void aMessageIsAsLargeAsAPayloadMayBe() {
    var largest = "x".repeat((1 << 20) - "{\"a\":\"\"}".length());
    var request = task("large", "{\"a\":\"" + largest + "\"}").toBuilder().setQueue("slow");
    var task = tasks().submit(request.build());
    var read = new LinkedBlockingQueue<TaskMessage>();
    try (var worker = StubWorker.taking(vhost, "slow", stub -> read::add)) {
      await().atMost(PATIENCE).until(() -> find(read, task.getId()) != null);
    }
    var larger = task("large", "{\"a\":\"x" + largest + "\"}").toBuilder().setQueue("slow");
    refused(Code.INVALID_ARGUMENT, () -> tasks().submit(larger.build()));
    var huge = task("large", "\"" + "x".repeat(2 << 20) + "\"");
    refused(Code.RESOURCE_EXHAUSTED, () -> tasks().submit(huge));
  }

  private static CalculatorBlockingStub calculator() {
    return withKey(CalculatorGrpc.newBlockingStub(channel)).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static TasksBlockingStub tasks() {
    return withKey(TasksGrpc.newBlockingStub(channel)).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static Task get(String id) {
    return unlessBehind(() -> tasks().get(GetRequest.newBuilder().setTaskId(id).build()));
  }

  /** Where the ledger is behind, it asks again, as a client does. */
  private static <T> T unlessBehind(Supplier<T> call) {
    var until = Instant.now().plus(PATIENCE);
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Code.UNAVAILABLE || Instant.now().isAfter(until)) {
          throw e;
        }
      }
    }
  }

  private static Operands of(String a, String b) {
    return Operands.newBuilder().setA(a).setB(b).build();
  }

  private static SubmitRequest message(String text) {
    return task("message", "{\"message\":\"" + text + "\"}");
  }

  private static SubmitRequest task(String type, String payload) {
    return SubmitRequest.newBuilder()
        .setType(type)
        .setPayload(ByteString.copyFromUtf8(payload))
        .build();
  }

  private static <S extends AbstractStub<S>> S withKey(S stub) {
    return with(stub, ADMIN_KEY);
  }

  private static <S extends AbstractStub<S>> S with(S stub, String secret) {
    var metadata = new Metadata();
    metadata.put(key("authorization"), "Bearer " + secret);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static <S extends AbstractStub<S>> S withHeaders(
      S stub, AtomicReference<Metadata> headers) {
    return stub.withInterceptors(
        MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static StatusRuntimeException refused(Code code, ThrowingCallable call) {
    var failure = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.getStatus().getCode()).as(failure.toString()).isEqualTo(code);
    return failure;
  }

  private static List<String> fieldsAtFault(StatusRuntimeException failure) {
    return detail(failure, BadRequest.class).getFieldViolationsList().stream()
        .map(BadRequest.FieldViolation::getField)
        .toList();
  }

  private static <M extends Message> M detail(StatusRuntimeException failure, Class<M> type) {
    for (Any detail : StatusProto.fromThrowable(failure).getDetailsList()) {
      if (detail.is(type)) {
        try {
          return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + failure);
  }

  private static <T> StreamObserver<T> collecting(
      List<T> all, CompletableFuture<List<T>> whenEnded) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        all.add(value);
      }

      @Override
      public void onError(Throwable failure) {
        whenEnded.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {
        whenEnded.complete(all);
      }
    };
  }
}
