package dev.warren.cli.doors;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.warren.cli.doors.Refused.Kind;
import dev.warren.cli.output.Json;
import dev.warren.grpc.v1.CalculatorGrpc;
import dev.warren.grpc.v1.DirectoryGrpc;
import dev.warren.grpc.v1.GetRequest;
import dev.warren.grpc.v1.InfoRequest;
import dev.warren.grpc.v1.SearchRequest;
import dev.warren.grpc.v1.SystemGrpc;
import dev.warren.grpc.v1.TasksGrpc;
import dev.warren.grpc.v1.WatchRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The API by gRPC. */
public final class GrpcDoor implements Door {

  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> TASK_ID = key("warren-task-id");

  /** Of a deadline that the API has seen pass: the broker has confirmed the task. */
  private static final String ACCEPTED = "accepted";

  /** Of what answers at once; beyond the wait of what does not. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  private final ManagedChannel connections;
  private final Channel channel;
  private final String address;

  /** What the last call brought before its answer. */
  private final AtomicReference<Metadata> headers = new AtomicReference<>();

  GrpcDoor(ManagedChannel connections, String address, @Nullable String apiKey) {
    this.connections = connections;
    var sent = new Metadata();
    if (apiKey != null) {
      sent.put(AUTHORIZATION, "Bearer " + apiKey);
    }
    this.channel =
        ClientInterceptors.intercept(
            connections,
            MetadataUtils.newAttachHeadersInterceptor(sent),
            MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
    this.address = address;
  }

  /**
   * Connects when it is first asked.
   *
   * @param address host and port
   * @param apiKey null for none
   */
  public static GrpcDoor to(String address, boolean isSecure, @Nullable String apiKey) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                address,
                isSecure ? TlsChannelCredentials.create() : InsecureChannelCredentials.create())
            .build();
    return new GrpcDoor(channel, address, apiKey);
  }

  /** What has no service of its own is sent as a task, and waited for. */
  @Override
  public Reply call(String type, JsonNode payload, Duration wait) throws Refused {
    try {
      var result = wait.isZero() ? null : answer(type, payload, wait);
      return result == null
          ? Tasks.reply(send(Tasks.request(type, payload), wait))
          : new Reply(taskId(), result);
    } catch (StatusRuntimeException e) {
      var id = taskId();
      var refused = refused(e);
      if (id == null || e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw refused;
      }
      return refused.code().equals(ACCEPTED)
          ? new Reply(id, null)
          : Tasks.reply(look(id, Duration.ZERO, "nobody has answered in time"));
    }
  }

  /** A task whose id is known, but perhaps to nobody else: it comes before the broker's confirm. */
  private JsonNode look(String id, Duration wait, String before) throws Refused {
    try {
      return get(id, wait);
    } catch (Refused unknown) {
      throw new Refused(Kind.UNAVAILABLE, unknown.code(), before + ". " + unknown.detail(), id);
    }
  }

  /** Null where the type has no service of its own. */
  private @Nullable JsonNode answer(String type, JsonNode payload, Duration wait) {
    var calculator = within(CalculatorGrpc.newBlockingStub(channel), wait);
    return switch (type) {
      case "calculator.add" -> GrpcMessages.json(calculator.add(GrpcMessages.operands(payload)));
      case "calculator.subtract" ->
          GrpcMessages.json(calculator.subtract(GrpcMessages.operands(payload)));
      case "calculator.multiply" ->
          GrpcMessages.json(calculator.multiply(GrpcMessages.operands(payload)));
      case "calculator.divide" ->
          GrpcMessages.json(calculator.divide(GrpcMessages.operands(payload)));
      case "calculator.power" -> GrpcMessages.json(calculator.power(GrpcMessages.power(payload)));
      case "calculator.logarithm" ->
          GrpcMessages.json(calculator.logarithm(GrpcMessages.logarithm(payload)));
      case "calculator.mean" -> GrpcMessages.json(calculator.mean(GrpcMessages.mean(payload)));
      case "directory.search" ->
          GrpcMessages.json(
              within(DirectoryGrpc.newBlockingStub(channel), wait)
                  .search(SearchRequest.newBuilder().setName(Json.text(payload, "name")).build()));
      case "system.info" ->
          GrpcMessages.json(
              within(SystemGrpc.newBlockingStub(channel), wait)
                  .info(InfoRequest.getDefaultInstance()));
      default -> null;
    };
  }

  @Override
  public JsonNode send(JsonNode request, Duration wait) throws Refused {
    JsonNode task;
    try {
      task =
          GrpcMessages.json(
              within(TasksGrpc.newBlockingStub(channel), ANSWER_LIMIT)
                  .submit(GrpcMessages.submission(request)));
    } catch (StatusRuntimeException e) {
      throw refused(e);
    }
    return wait.isZero() ? task : look(Json.text(task, "id"), wait, "it is sent");
  }

  @Override
  public JsonNode get(String id, Duration wait) throws Refused {
    var request = GetRequest.newBuilder().setTaskId(id);
    if (!wait.isZero()) {
      request.setWait(GrpcMessages.duration(wait));
    }
    try {
      return GrpcMessages.json(
          within(TasksGrpc.newBlockingStub(channel), wait.plus(ANSWER_LIMIT)).get(request.build()));
    } catch (StatusRuntimeException e) {
      throw refused(e);
    }
  }

  @Override
  public void watch(String id, @Nullable Long lastId, Consumer<JsonNode> events) throws Refused {
    var request = WatchRequest.newBuilder().setTaskId(id);
    if (lastId != null) {
      request.setAfter(lastId);
    }
    connections.resetConnectBackoff(); // whoever asks again has waited already
    try {
      TasksGrpc.newBlockingStub(channel)
          .watch(request.build())
          .forEachRemaining(event -> events.accept(GrpcMessages.json(event)));
    } catch (StatusRuntimeException e) {
      throw refused(e);
    }
  }

  @Override
  public void close() {
    connections.shutdownNow();
  }

  private @Nullable String taskId() {
    var received = headers.get();
    return received == null ? null : received.get(TASK_ID);
  }

  private Refused refused(StatusRuntimeException failure) {
    var status = failure.getStatus();
    var id = taskId();
    if (status.getCode() == Status.Code.UNAVAILABLE && GrpcMessages.infoIn(failure) == null) {
      if (id != null) {
        return Refused.brokenOff(address, id);
      }
      if (status.getCause() != null) {
        return Refused.nobodyAnswers(address);
      }
    }
    return GrpcMessages.refused(failure, id);
  }

  private static <S extends AbstractBlockingStub<S>> S within(S stub, Duration limit) {
    return stub.withDeadlineAfter(limit.toMillis(), MILLISECONDS);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
