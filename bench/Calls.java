import com.google.protobuf.ByteString;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.CancelCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import dev.warren.grpc.v1.CalculatorGrpc;
import dev.warren.grpc.v1.Operands;
import dev.warren.grpc.v1.SubmitOutcome.OutcomeCase;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SubmitSummary;
import dev.warren.grpc.v1.TasksGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * Callers that wait, each for its own answer, one after the other. Arguments: the door, its address, seconds, callers.
 *
 * <ul>
 *   <li>{@code amqp URI}: a bare request/reply, served by 16 consumers with prefetch 1, here
 *   <li>{@code http URL}, {@code grpc HOST:PORT}: {@code calculator.add}
 *   <li>{@code stream HOST:PORT}: {@code SubmitStream}, each caller streams 5,000 tasks a time
 * </ul>
 *
 * Prints "rate p50 p99" (1/s, ms, ms) of the seconds after 20 others, in which both ends warm up; of {@code stream}, of
 * tasks and of streams.
 */
final class Calls {

  private static final int WARM_UP_SECONDS = 20;
  private static final int SERVERS = 16;
  private static final int STREAMED = 5000;
  private static final String REPLY_TO = "amq.rabbitmq.reply-to";
  private static final String SUM = "{\"a\": 10, \"b\": 5}";

  private interface Caller {
    void call() throws Exception;
  }

  private interface Callers {
    Caller next() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    var address = arguments[1];
    var seconds = Integer.parseInt(arguments[2]);
    var callers = Integer.parseInt(arguments[3]);
    switch (arguments[0]) {
      case "amqp" -> overAmqp(address, seconds, callers);
      case "http" -> print(measure(overHttp(address), seconds, callers), 1, seconds);
      case "grpc" -> {
        var calculator = CalculatorGrpc.newBlockingStub(channel(address));
        var sum = Operands.newBuilder().setA("10").setB("5").build();
        Callers all = () -> () -> calculator.withDeadlineAfter(30, TimeUnit.SECONDS).add(sum);
        print(measure(all, seconds, callers), 1, seconds);
      }
      case "stream" -> {
        var tasks = TasksGrpc.newStub(channel(address));
        print(measure(() -> () -> stream(tasks), seconds, callers), STREAMED, seconds);
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.exit(0);
  }

  private static void overAmqp(String uri, int seconds, int callers) throws Exception {
    var factory = new ConnectionFactory();
    factory.setUri(uri);
    try (var server = factory.newConnection();
        var client = factory.newConnection()) {
      var queue = serve(server);
      Callers all = () -> overAmqp(client, queue);
      print(measure(all, seconds, callers), 1, seconds);
    }
  }

  private static String serve(Connection connection) throws Exception {
    var queue = connection.createChannel().queueDeclare().getQueue();
    for (var i = 0; i < SERVERS; i++) {
      var channel = connection.createChannel();
      channel.basicQos(1);
      DeliverCallback answer =
          (tag, request) -> {
            channel.basicPublish("", request.getProperties().getReplyTo(), null, request.getBody());
            channel.basicAck(request.getEnvelope().getDeliveryTag(), false);
          };
      channel.basicConsume(queue, false, answer, (CancelCallback) tag -> {});
    }
    return queue;
  }

  private static Caller overAmqp(Connection connection, String queue) throws Exception {
    var channel = connection.createChannel();
    var replies = new SynchronousQueue<byte[]>();
    DeliverCallback handOver =
        (tag, reply) -> {
          try {
            replies.put(reply.getBody());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    channel.basicConsume(REPLY_TO, true, handOver, (CancelCallback) tag -> {});
    var properties = new BasicProperties.Builder().replyTo(REPLY_TO).deliveryMode(2).build();
    return () -> {
      channel.basicPublish("", queue, properties, SUM.getBytes());
      replies.take();
    };
  }

  private static Callers overHttp(String url) {
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var request =
        HttpRequest.newBuilder(URI.create(url + "/v1/calls/calculator.add"))
            .header("Content-Type", "application/json")
            .header("Prefer", "wait=30")
            .POST(BodyPublishers.ofString(SUM))
            .build();
    return () ->
        () -> {
          var answer = client.send(request, BodyHandlers.ofString());
          if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
          }
        };
  }

  private static ManagedChannel channel(String address) {
    return ManagedChannelBuilder.forTarget(address).usePlaintext().build();
  }

  /** As fast as the server lets it. */
  private static void stream(TasksGrpc.TasksStub tasks) throws Exception {
    var task =
        SubmitRequest.newBuilder()
            .setType("message")
            .setPayload(ByteString.copyFromUtf8("{\"message\": \"Hello RabbitMQ!\"}"))
            .build();
    var summary = new CompletableFuture<SubmitSummary>();
    tasks.submitStream(
        new ClientResponseObserver<SubmitRequest, SubmitSummary>() {
          private int sent;

          @Override
          public void beforeStart(ClientCallStreamObserver<SubmitRequest> requests) {
            requests.setOnReadyHandler(
                () -> {
                  while (sent < STREAMED && requests.isReady()) {
                    requests.onNext(task);
                    if (++sent == STREAMED) {
                      requests.onCompleted();
                    }
                  }
                });
          }

          @Override
          public void onNext(SubmitSummary value) {
            summary.complete(value);
          }

          @Override
          public void onError(Throwable failure) {
            summary.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {}
        });
    var taken =
        summary.get().getOutcomesList().stream()
            .filter(outcome -> outcome.getOutcomeCase() == OutcomeCase.TASK_ID)
            .count();
    if (taken != STREAMED) {
      throw new IllegalStateException("of " + STREAMED + " were taken " + taken);
    }
  }

  /** How long each call took, in ms, ascending. */
  private static double[] measure(Callers callers, int seconds, int count) throws Exception {
    var threads = Executors.newFixedThreadPool(count);
    var warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
    var end = warm + TimeUnit.SECONDS.toNanos(seconds);
    var running = new ArrayList<Future<double[]>>();
    for (var i = 0; i < count; i++) {
      var caller = callers.next();
      running.add(threads.submit(() -> callUntil(caller, warm, end)));
    }
    var all = new ArrayList<double[]>();
    for (var each : running) {
      all.add(each.get());
    }
    threads.shutdown();
    return all.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
  }

  private static double[] callUntil(Caller caller, long from, long end) throws Exception {
    var millis = new ArrayList<Double>();
    while (System.nanoTime() < end) {
      var start = System.nanoTime();
      caller.call();
      if (start >= from) {
        millis.add((System.nanoTime() - start) / 1e6);
      }
    }
    return millis.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void print(double[] sorted, int each, int seconds) {
    System.out.printf(
        Locale.ROOT,
        "%d %.1f %.1f%n",
        (long) sorted.length * each / seconds,
        percentile(sorted, 50),
        percentile(sorted, 99));
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[(int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100)];
  }
}
