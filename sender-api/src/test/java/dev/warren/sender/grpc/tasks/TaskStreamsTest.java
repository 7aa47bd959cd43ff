package dev.warren.sender.grpc.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.SubmitOutcome;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SubmitSummary;
import dev.warren.grpc.v1.TasksGrpc;
import dev.warren.grpc.v1.TasksGrpc.TasksImplBase;
import dev.warren.sender.FirstAnswer;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.BulkPublisher;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over a real connection: what a client is told, and which places it keeps from others. */
class TaskStreamsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int SHARE_OF_ONE = 400;
  private static final TaskMessage TASK = task("a");

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final AtomicInteger taken = new AtomicInteger();

  /** A silence of each stream, over when the test says so. */
  private final List<CompletableFuture<Void>> silences = new CopyOnWriteArrayList<>();

  private volatile Intake intake = request -> CompletableFuture.completedFuture(TASK);
  private Server server;
  private ManagedChannel channel;

  private interface Intake {
    CompletableFuture<TaskMessage> take(SubmitRequest request);
  }

  /** Of the client. */
  private record Stream(
      StreamObserver<SubmitRequest> tasks, CompletableFuture<SubmitSummary> summary) {}

  @BeforeEach
  void start() throws Exception {
    var streams = new TaskStreams(this::take, bulk(), threads, this::silence);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .executor(threads)
            .addService(
                new TasksImplBase() {
                  @Override
                  public StreamObserver<SubmitRequest> submitStream(
                      StreamObserver<SubmitSummary> answer) {
                    return streams.begin(
                        Origin.UNKNOWN, (ServerCallStreamObserver<SubmitSummary>) answer);
                  }
                })
            .build()
            .start();
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.shutdownNow().awaitTermination();
    threads.shutdownNow();
  }

  private static BulkPublisher bulk() {
    return new BulkPublisher(message -> new CompletableFuture<>(), SHARE_OF_ONE);
  }

  private CompletableFuture<TaskMessage> take(SubmitRequest request, Origin origin) {
    taken.incrementAndGet();
    return intake.take(request);
  }

  private CompletableFuture<Void> silence() {
    var silence = new CompletableFuture<Void>();
    silences.add(silence);
    return silence;
  }

  @Test
  void endsAStream_thatSendsNothingMore() {
    var stream = open();
    awaitSilences(1);
    send(stream, 2);
    until(() -> taken.get() == 2); // by then the first has its outcome
    silences.get(0).complete(null);
    awaitSilences(2);
    assertThat(stream.summary).isNotDone();
    awaitEndBySilence(stream);
    assertThat(stream.summary.join().getOutcomesList()).hasSize(2);
  }

  @Test
  void waitsForWhatIsOnItsWay_whenAStreamIsSilent() {
    var confirmed = new CompletableFuture<TaskMessage>();
    intake = request -> confirmed;
    var stream = open();
    send(stream, 1);
    until(() -> taken.get() == 1);
    awaitSilences(1);
    silences.get(0).complete(null);
    awaitSilences(2);
    silences.get(1).complete(null);
    awaitSilences(3);
    assertThat(stream.summary).isNotDone();
    confirmed.complete(task("late"));
    awaitEndBySilence(stream);
    assertThat(stream.summary.join().getOutcomes(0).getTaskId()).isEqualTo("late");
  }

  @Test
  void refusesOneMoreThanThereMayBe_untilOneHasEnded() {
    var all = IntStream.range(0, TaskStreams.MAX_OPEN).mapToObj(i -> open()).toList();
    awaitSilences(TaskStreams.MAX_OPEN);
    assertThat(codeOf(open())).isEqualTo(Code.RESOURCE_EXHAUSTED);
    var silence = silences.get(0);
    silence.complete(null);
    until(() -> all.stream().anyMatch(each -> each.summary.isDone()));
    assertThat(complete(open())).isEmpty();
  }

  @Test
  void aPlaceIsFreeAgain_howeverItsStreamHasEnded() {
    for (var i = 0; i <= TaskStreams.MAX_OPEN; i++) {
      assertThat(complete(open())).isEmpty();
    }
    for (var i = 0; i <= TaskStreams.MAX_OPEN; i++) {
      var context = Context.current().withCancellation();
      var opened = silences.size();
      var ended = new Stream[1];
      context.run(() -> ended[0] = open());
      awaitSilences(opened + 1);
      context.cancel(null);
      assertThat(codeOf(ended[0])).isEqualTo(Code.CANCELLED);
      until(() -> silences.get(opened).isCancelled());
    }
    intake =
        request -> {
          throw new IllegalStateException("thrown by a test");
        };
    for (var i = 0; i <= TaskStreams.MAX_OPEN; i++) {
      var opened = silences.size();
      var broken = open();
      send(broken, 1);
      assertThat(codeOf(broken)).isEqualTo(Code.UNKNOWN);
      until(() -> silences.get(opened).isCancelled());
    }
  }

  @Test
  void answersAfter50000_andTakesNoMore() {
    var stream = open();
    send(stream, 50_010);
    assertThat(stream.summary).succeedsWithin(PATIENCE);
    assertThat(stream.summary.join().getOutcomesList()).hasSize(50_000);
    assertThat(taken.get()).isEqualTo(50_000);
  }

  /** Of long ids, and of refusals with much to say. */
  @Test
  void aSummaryIsNoLongerThanAClientTakes() {
    var fault = new FieldError("f".repeat(200), "d".repeat(300));
    var refused = new RequestRefused(Problem.ofFields(Collections.nCopies(20, fault)));
    var longest = task("i".repeat(100));
    intake =
        request ->
            taken.get() % 10 == 0
                ? CompletableFuture.failedFuture(refused)
                : CompletableFuture.completedFuture(longest);
    var stream = open();
    send(stream, 50_000);
    assertThat(stream.summary).succeedsWithin(PATIENCE);
    var outcomes = stream.summary.join().getOutcomesList();
    assertThat(outcomes.size()).isEqualTo(taken.get()).isBetween(30_000, 40_000);
    var refusals = outcomes.stream().filter(SubmitOutcome::hasRefusal).toList();
    assertThat(refusals.size()).isEqualTo(taken.get() / 10);
    assertThat(refusals.get(0).getRefusal().getMessage()).isNotEmpty();
    assertThat(refusals.stream().map(each -> each.getRefusal().getCode()).distinct())
        .containsExactly(Code.INVALID_ARGUMENT.value());
  }

  @Test
  void asksForNoMoreThanMayBeOnItsWay() throws Exception {
    var onTheirWay = new LinkedBlockingQueue<CompletableFuture<TaskMessage>>();
    var count = new AtomicInteger();
    var most = new AtomicInteger();
    intake =
        request -> {
          most.accumulateAndGet(count.incrementAndGet(), Math::max);
          var confirmed = new CompletableFuture<TaskMessage>();
          onTheirWay.add(confirmed);
          return confirmed;
        };
    var stream = open();
    send(stream, 1000);
    stream.tasks.onCompleted();
    until(() -> count.get() >= SHARE_OF_ONE);
    for (var i = 0; i < 1000; i++) {
      var confirmed = onTheirWay.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      count.decrementAndGet();
      confirmed.complete(task("t" + i));
    }
    assertThat(stream.summary).succeedsWithin(PATIENCE);
    var outcomes = stream.summary.join().getOutcomesList();
    for (var i = 0; i < 1000; i++) {
      assertThat(outcomes.get(i).getTaskId()).isEqualTo("t" + i);
    }
    assertThat(most.get()).isEqualTo(SHARE_OF_ONE);
  }

  private void awaitSilences(int count) {
    until(() -> silences.size() == count);
  }

  private void awaitEndBySilence(Stream stream) {
    until(
        () -> {
          silences.forEach(each -> each.complete(null));
          return stream.summary.isDone();
        });
  }

  private static void until(Callable<Boolean> isSo) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(isSo);
  }

  private Stream open() {
    var summary = new CompletableFuture<SubmitSummary>();
    var tasks = TasksGrpc.newStub(channel).submitStream(new FirstAnswer<>(summary));
    return new Stream(tasks, summary);
  }

  private static void send(Stream stream, int count) {
    for (var i = 0; i < count; i++) {
      stream.tasks.onNext(SubmitRequest.getDefaultInstance());
    }
  }

  private static List<?> complete(Stream stream) {
    stream.tasks.onCompleted();
    assertThat(stream.summary).succeedsWithin(PATIENCE);
    return stream.summary.join().getOutcomesList();
  }

  private static Code codeOf(Stream refused) {
    until(refused.summary::isDone);
    return refused
        .summary
        .handle((summary, failure) -> Status.fromThrowable(failure).getCode())
        .join();
  }

  private static TaskMessage task(String id) {
    return TaskMessage.of(id, "message", "default", Instant.now(), "{}".getBytes(UTF_8));
  }
}
