package dev.warren.cli.doors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.warren.cli.doors.Refused.Kind;
import dev.warren.cli.output.Json;
import dev.warren.grpc.v1.CalculatorGrpc;
import dev.warren.grpc.v1.DirectoryGrpc;
import dev.warren.grpc.v1.Failure;
import dev.warren.grpc.v1.GetRequest;
import dev.warren.grpc.v1.InfoReply;
import dev.warren.grpc.v1.InfoRequest;
import dev.warren.grpc.v1.LogarithmRequest;
import dev.warren.grpc.v1.MeanRequest;
import dev.warren.grpc.v1.Operands;
import dev.warren.grpc.v1.Person;
import dev.warren.grpc.v1.PowerRequest;
import dev.warren.grpc.v1.Progress;
import dev.warren.grpc.v1.SearchReply;
import dev.warren.grpc.v1.SearchRequest;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SystemGrpc;
import dev.warren.grpc.v1.Task;
import dev.warren.grpc.v1.TaskEvent;
import dev.warren.grpc.v1.TaskState;
import dev.warren.grpc.v1.TasksGrpc;
import dev.warren.grpc.v1.Value;
import dev.warren.grpc.v1.WatchRequest;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Against the services of the protos, in this process. */
class GrpcDoorTest {

  private static final Duration WAIT = Duration.ofSeconds(60);

  private final List<Object> requests = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();

  /** What is answered next: messages, or a failure behind them. */
  private final Queue<List<Object>> answers = new ConcurrentLinkedQueue<>();

  private final String name = InProcessServerBuilder.generateName();
  private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
  private final GrpcDoor door = new GrpcDoor(channel, "here", "k");
  private final List<String> notes = new ArrayList<>();
  private final List<Long> pauses = new ArrayList<>();
  private final Following following =
      new Following(door, notes::add, time -> pauses.add(time.toMillis()));
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server =
        InProcessServerBuilder.forName(name)
            .intercept(new Doorkeeper())
            .addService(new CalculatorService())
            .addService(new DirectoryService())
            .addService(new SystemService())
            .addService(new TasksService())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    door.close();
    server.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({"add", "subtract", "multiply", "divide"})
  void computesOfTwoNumbers(String what) throws Exception {
    answer(value("0.30"));

    var reply = call("calculator." + what, "{\"a\": 0.1, \"b\": 1E+3}");

    assertThat(reply.result()).isEqualTo(Json.read("{\"value\": 0.30}"));
    assertThat(reply.taskId()).isEqualTo("t-1");
    assertThat(requests)
        .containsExactly(what, Operands.newBuilder().setA("0.1").setB("1E+3").build());
    assertThat(keys).containsExactly("Bearer k");
  }

  @Test
  void computesThePower() throws Exception {
    answer(value("1024"));

    assertThat(call("calculator.power", "{\"base\": 2, \"exponent\": 10}").result())
        .hasToString("{\"value\":1024}");
    assertThat(requests.get(1))
        .isEqualTo(PowerRequest.newBuilder().setBase("2").setExponent("10").build());
  }

  @Test
  void computesTheLogarithm() throws Exception {
    answer(value("2"));
    answer(value("2"));

    call("calculator.logarithm", "{\"value\": 100, \"base\": 10}");
    call("calculator.logarithm", "{\"value\": 100}");

    assertThat(requests.get(1))
        .isEqualTo(LogarithmRequest.newBuilder().setValue("100").setBase("10").build());
    assertThat(requests.get(3)).isEqualTo(LogarithmRequest.newBuilder().setValue("100").build());
  }

  @Test
  void computesTheMean() throws Exception {
    answer(value("2"));

    call("calculator.mean", "{\"numbers\": [1, 2.0, 3]}");

    assertThat(requests.get(1))
        .isEqualTo(
            MeanRequest.newBuilder().addNumbers("1").addNumbers("2.0").addNumbers("3").build());
  }

  @Test
  void searches() throws Exception {
    var joao = Person.newBuilder().setName("Jo\u00e3o").setAge(31).setCity("Porto");
    answer(SearchReply.newBuilder().addMatches(joao).build());

    assertThat(call("directory.search", "{\"name\": \"joao\"}").result())
        .hasToString("{\"matches\":[{\"name\":\"Jo\u00e3o\",\"age\":31,\"city\":\"Porto\"}]}");
    assertThat(requests.get(1)).isEqualTo(SearchRequest.newBuilder().setName("joao").build());
  }

  @Test
  void tellsOfTheSystemAsHttpDoes() throws Exception {
    answer(
        InfoReply.newBuilder()
            .setWorker("worker-1")
            .setOs("Linux")
            .setOsVersion("6")
            .setArchitecture("amd64")
            .setJdk("17")
            .setCores(2)
            .setMemoryBytes(3)
            .setFreeMemoryBytes(2)
            .setMaxHeapBytes(1)
            .setUptime(com.google.protobuf.Duration.newBuilder().setSeconds(62).setNanos(500000000))
            .build());

    assertThat(call("system.info", "{}").result())
        .hasToString(
            "{\"worker\":\"worker-1\",\"os\":\"Linux\",\"osVersion\":\"6\","
                + "\"architecture\":\"amd64\",\"jdk\":\"17\",\"cores\":2,\"memoryBytes\":3,"
                + "\"freeMemoryBytes\":2,\"maxHeapBytes\":1,\"uptime\":\"PT1M2.5S\"}");
  }

  @Test
  void knowsTheTask_whenNobodyHasAnswered() throws Exception {
    answer(Status.DEADLINE_EXCEEDED.asRuntimeException());
    answer(task(TaskState.TASK_STATE_QUEUED).build());

    var reply = call("calculator.add", "{\"a\": 1, \"b\": 2}");

    assertThat(reply.result()).isNull();
    assertThat(reply.taskId()).isEqualTo("t-1");
    assertThat(requests.get(3)).isEqualTo(GetRequest.newBuilder().setTaskId("t-1").build());
  }

  @Test
  void knowsTheEnd_whereItCameWithTheDeadline() {
    answer(failure(Code.DEADLINE_EXCEEDED, "expired", "t-1"));
    answer(task(TaskState.TASK_STATE_EXPIRED).build());

    assertThat(refusalOf("calculator.add").kind()).isEqualTo(Kind.FAILED);
  }

  @Test
  void asksNobodyElse_whereTheApiSaysThatItIsAccepted() throws Exception {
    answer(failure(Code.DEADLINE_EXCEEDED, "accepted", "t-1"));

    assertThat(call("calculator.add", "{\"a\": 1, \"b\": 2}")).isEqualTo(new Reply("t-1", null));
    assertThat(requests).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"NOT_FOUND, not-found", "UNAVAILABLE, ledger-behind"})
  void promisesNothing_whenNobodyKnowsTheTask(Code code, String reason) {
    answer(Status.DEADLINE_EXCEEDED.asRuntimeException());
    answer(failure(code, reason, null));

    var refused = refusalOf("calculator.add");

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.code()).isEqualTo(reason);
    assertThat(refused.detail()).isEqualTo("nobody has answered in time. in words");
    assertThat(refused.taskId()).isEqualTo("t-1");
  }

  @Test
  void namesTheTask_whenTheConnectionBreaks() {
    answer(unavailable());

    var refused = refusalOf("calculator.add");

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.code()).isEqualTo("broken-off");
    assertThat(refused.detail()).contains("the connection to here broke");
    assertThat(refused.taskId()).isEqualTo("t-1");
  }

  @Test
  void namesTheTask_whenItIsSentButCannotBeWaitedFor() {
    answer(task(TaskState.TASK_STATE_QUEUED).setId("t-7").build());
    answer(failure(Code.PERMISSION_DENIED, "scope-too-small", null));

    var refused = refusalOf("message");

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.detail()).startsWith("it is sent. in words");
    assertThat(refused.taskId()).isEqualTo("t-7");
  }

  @Test
  void namesNoTask_whereTheApiSaysThatThereIsNone() {
    answer(failure(Code.UNAVAILABLE, "broker-unavailable", null));

    assertThat(refusalOf("calculator.add").taskId()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "FAILED_PRECONDITION, FAILED",
    "ABORTED, FAILED",
    "INVALID_ARGUMENT, WRONG",
    "NOT_FOUND, WRONG",
    "UNAUTHENTICATED, WRONG",
    "UNAVAILABLE, UNAVAILABLE",
    "RESOURCE_EXHAUSTED, UNAVAILABLE",
    "UNKNOWN, UNAVAILABLE",
    "INTERNAL, UNAVAILABLE",
  })
  void saysWhyNot(Code code, Kind kind) {
    answer(failure(code, "a-reason", "t-2"));

    var refused = refusalOf("calculator.add");

    assertThat(refused.kind()).isEqualTo(kind);
    assertThat(refused.code()).isEqualTo("a-reason");
    assertThat(refused.detail()).startsWith("in words");
    assertThat(refused.detail().contains("WARREN_KEY")).isEqualTo(code == Code.UNAUTHENTICATED);
    assertThat(refused.taskId()).isEqualTo("t-2");
  }

  @Test
  void saysTheStatus_whereThereIsNoReason() {
    answer(Status.RESOURCE_EXHAUSTED.asRuntimeException());

    var refused = refusalOf("calculator.add");

    assertThat(refused.code()).isEqualTo("resource-exhausted");
    assertThat(refused.taskId()).isEqualTo("t-1");
  }

  @Test
  void saysScriptsUp_whenNobodyAnswers() {
    try (var closed = GrpcDoor.to("127.0.0.1:1", false, null)) {
      var refused =
          catchThrowableOfType(
              Refused.class, () -> closed.call("system.info", Json.object(), WAIT));

      assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(refused.detail()).contains("127.0.0.1:1", "scripts/up");
    }
  }

  @Test
  void sendsWhatHasNoServiceOfItsOwn_andWaits() throws Exception {
    answer(task(TaskState.TASK_STATE_QUEUED).build());
    answer(
        task(TaskState.TASK_STATE_SUCCEEDED).setResult(ByteString.copyFromUtf8("[1.50]")).build());

    var reply = call("message", "{\"message\": \".\"}");

    assertThat(reply.result()).isEqualTo(Json.read("[1.50]"));
    assertThat(requests.get(1))
        .isEqualTo(
            SubmitRequest.newBuilder()
                .setType("message")
                .setPayload(ByteString.copyFromUtf8("{\"message\":\".\"}"))
                .build());
    assertThat(requests.get(3))
        .isEqualTo(
            GetRequest.newBuilder()
                .setTaskId("t-1")
                .setWait(com.google.protobuf.Duration.newBuilder().setSeconds(60))
                .build());
  }

  @Test
  void sendsACallThatDoesNotWait() throws Exception {
    answer(task(TaskState.TASK_STATE_QUEUED).build());

    var reply = door.call("system.info", Json.object(), Duration.ZERO);

    assertThat(reply.result()).isNull();
    assertThat(reply.taskId()).isEqualTo("t-1");
    assertThat(requests.get(0)).isEqualTo("submit");
  }

  @Test
  void sendsATaskWithItsOptions() throws Exception {
    answer(task(TaskState.TASK_STATE_SCHEDULED).build());
    var request =
        Json.read(
            """
            {"type": "x", "payload": {}, "taskId": "own", "queue": "mail", "priority": 7,
             "delaySeconds": 5, "labels": {"a": "b"}}
            """);

    assertThat(Json.text(door.send(request, Duration.ZERO), "state")).isEqualTo("SCHEDULED");
    assertThat(requests.get(1))
        .isEqualTo(
            SubmitRequest.newBuilder()
                .setType("x")
                .setPayload(ByteString.copyFromUtf8("{}"))
                .setTaskId("own")
                .setQueue("mail")
                .setPriority(7)
                .setDelay(com.google.protobuf.Duration.newBuilder().setSeconds(5))
                .putLabels("a", "b")
                .build());
  }

  @Test
  void getsATaskAsHttpDoes() throws Exception {
    answer(
        task(TaskState.TASK_STATE_DEAD)
            .setPriority(3)
            .putLabels("a", "b")
            .setCreatedAt(Timestamp.newBuilder().setSeconds(1).setNanos(500000000))
            .setCreatedBy("ops")
            .setTraceId("4bf9")
            .setCancelRequestedAt(Timestamp.newBuilder().setSeconds(2))
            .setPayload(ByteString.copyFromUtf8("no JSON"))
            .setError(Failure.newBuilder().setCode("division-by-zero").setMessage("1 / 0"))
            .setErased(true)
            .build());

    assertThat(door.get("t-1", Duration.ZERO))
        .hasToString(
            "{\"id\":\"t-1\",\"type\":\"x\",\"queue\":\"q\",\"state\":\"DEAD\",\"priority\":3,"
                + "\"labels\":{\"a\":\"b\"},\"createdAt\":\"1970-01-01T00:00:01.500Z\","
                + "\"createdBy\":\"ops\",\"traceId\":\"4bf9\","
                + "\"cancelRequestedAt\":\"1970-01-01T00:00:02Z\",\"round\":1,\"attempt\":2,"
                + "\"error\":{\"class\":\"division-by-zero\",\"message\":\"1 / 0\"},"
                + "\"payload\":\"no JSON\",\"erased\":true}");
    assertThat(requests.get(1)).isEqualTo(GetRequest.newBuilder().setTaskId("t-1").build());
  }

  @Test
  void watches_alsoBehindABreak() throws Exception {
    answer(event(0, "queued").build(), event(5, "running").setWorker("w").build(), unavailable());
    answer(unavailable());
    answer(unavailable());
    answer(
        event(6, "progress").setProgress(Progress.newBuilder().setPercent(40).setNote("n")).build(),
        event(7, "failed").setError(Failure.newBuilder().setCode("c").setMessage("m")).build());
    var events = new ArrayList<JsonNode>();

    following.follow("t-1", events::add);

    assertThat(events.stream().map(event -> Json.text(event, "kind")))
        .containsExactly("queued", "running", "progress", "failed");
    assertThat(events.get(1))
        .hasToString(
            "{\"id\":5,\"taskId\":\"t-1\",\"type\":\"\",\"queue\":\"\",\"kind\":\"running\","
                + "\"state\":\"RUNNING\",\"round\":0,\"attempt\":0,\"worker\":\"w\"}");
    assertThat(events.get(2).path("progress")).hasToString("{\"percent\":40,\"note\":\"n\"}");
    assertThat(events.get(3).path("error")).hasToString("{\"class\":\"c\",\"message\":\"m\"}");
    var first = WatchRequest.newBuilder().setTaskId("t-1");
    assertThat(requests)
        .containsExactly(
            "watch",
            first.build(),
            "watch",
            first.setAfter(5).build(),
            "watch",
            first.setAfter(5).build(),
            "watch",
            first.setAfter(5).build());
    assertThat(pauses).containsExactly(250L, 500L, 1000L);
    assertThat(notes)
        .containsExactly(
            "The events have broken off (unavailable); asking again until interrupted.",
            "Here it is again; it goes on behind event 5.");
  }

  @Test
  void endsTheWatch_whenItIsRefused() {
    answer(event(5, "running").build(), unavailable());
    answer(failure(Code.UNAUTHENTICATED, "key-unknown", null));

    var refused = catchThrowableOfType(Refused.class, () -> following.follow("t-1", event -> {}));

    assertThat(refused.kind()).isEqualTo(Kind.WRONG);
    assertThat(refused.code()).isEqualTo("key-unknown");
    assertThat(notes).hasSize(1);
  }

  @Test
  void endsTheWatch_whenThereIsNoSuchTask() {
    answer(failure(Code.NOT_FOUND, "not-found", null));

    var refused = catchThrowableOfType(Refused.class, () -> following.follow("t-1", event -> {}));

    assertThat(refused.code()).isEqualTo("not-found");
  }

  private Reply call(String type, String payload) throws Refused {
    return door.call(type, Json.read(payload), WAIT);
  }

  private Refused refusalOf(String type) {
    return catchThrowableOfType(Refused.class, () -> call(type, "{\"a\": 1, \"b\": 0}"));
  }

  private void answer(Object... messages) {
    answers.add(List.of(messages));
  }

  private static Value value(String value) {
    return Value.newBuilder().setValue(value).build();
  }

  private static Task.Builder task(TaskState state) {
    return Task.newBuilder()
        .setId("t-1")
        .setType("x")
        .setQueue("q")
        .setState(state)
        .setRound(1)
        .setAttempt(2);
  }

  private static TaskEvent.Builder event(long id, String kind) {
    return TaskEvent.newBuilder()
        .setId(id)
        .setTaskId("t-1")
        .setKind(kind)
        .setState(TaskState.TASK_STATE_RUNNING);
  }

  private static StatusRuntimeException unavailable() {
    return Status.UNAVAILABLE.asRuntimeException();
  }

  private static StatusRuntimeException failure(Code code, String reason, String taskId) {
    var info = ErrorInfo.newBuilder().setReason(reason).setDomain("warren");
    if (taskId != null) {
      info.putMetadata("task-id", taskId);
    }
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage("in words")
            .addDetails(Any.pack(info.build()))
            .build());
  }

  private <T> void serve(
      String what, Object request, Class<T> answered, StreamObserver<T> observer) {
    requests.add(what);
    requests.add(request);
    for (var answer : answers.remove()) {
      if (answer instanceof StatusRuntimeException failure) {
        observer.onError(failure);
        return;
      }
      observer.onNext(answered.cast(answer));
    }
    observer.onCompleted();
  }

  /** Says the id of a call's task at once, as the API does, and notes the key. */
  private final class Doorkeeper implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      keys.add(headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER)));
      var sent = new Metadata();
      if (!"Watch".equals(call.getMethodDescriptor().getBareMethodName())) {
        sent.put(Metadata.Key.of("warren-task-id", Metadata.ASCII_STRING_MARSHALLER), "t-1");
      }
      call.sendHeaders(sent);
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata again) {}
          },
          headers);
    }
  }

  private final class CalculatorService extends CalculatorGrpc.CalculatorImplBase {
    @Override
    public void add(Operands request, StreamObserver<Value> observer) {
      serve("add", request, Value.class, observer);
    }

    @Override
    public void subtract(Operands request, StreamObserver<Value> observer) {
      serve("subtract", request, Value.class, observer);
    }

    @Override
    public void multiply(Operands request, StreamObserver<Value> observer) {
      serve("multiply", request, Value.class, observer);
    }

    @Override
    public void divide(Operands request, StreamObserver<Value> observer) {
      serve("divide", request, Value.class, observer);
    }

    @Override
    public void power(PowerRequest request, StreamObserver<Value> observer) {
      serve("power", request, Value.class, observer);
    }

    @Override
    public void logarithm(LogarithmRequest request, StreamObserver<Value> observer) {
      serve("logarithm", request, Value.class, observer);
    }

    @Override
    public void mean(MeanRequest request, StreamObserver<Value> observer) {
      serve("mean", request, Value.class, observer);
    }
  }

  private final class DirectoryService extends DirectoryGrpc.DirectoryImplBase {
    @Override
    public void search(SearchRequest request, StreamObserver<SearchReply> observer) {
      serve("search", request, SearchReply.class, observer);
    }
  }

  private final class SystemService extends SystemGrpc.SystemImplBase {
    @Override
    public void info(InfoRequest request, StreamObserver<InfoReply> observer) {
      serve("info", request, InfoReply.class, observer);
    }
  }

  private final class TasksService extends TasksGrpc.TasksImplBase {
    @Override
    public void submit(SubmitRequest request, StreamObserver<Task> observer) {
      serve("submit", request, Task.class, observer);
    }

    @Override
    public void get(GetRequest request, StreamObserver<Task> observer) {
      serve("get", request, Task.class, observer);
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<TaskEvent> observer) {
      serve("watch", request, TaskEvent.class, observer);
    }
  }
}
