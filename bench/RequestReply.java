import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.CancelCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.SynchronousQueue;

/** Bare AMQP request/reply, one at a time: prints "p50 and p99" in ms. Arguments: URI, seconds. */
final class RequestReply {

  private static final String REPLY_TO = "amq.rabbitmq.reply-to";
  private static final CancelCallback NOT_CANCELLED = tag -> {};

  public static void main(String[] arguments) throws Exception {
    var factory = new ConnectionFactory();
    factory.setUri(arguments[0]);
    try (var server = factory.newConnection();
        var client = factory.newConnection()) {
      var requests = serve(server.createChannel());
      var channel = client.createChannel();
      var replies = new SynchronousQueue<byte[]>();
      channel.basicConsume(REPLY_TO, true, handOver(replies), NOT_CANCELLED);
      measure(channel, requests, replies, 3); // it warms up
      var latencies = measure(channel, requests, replies, Integer.parseInt(arguments[1]));
      System.out.printf(
          Locale.ROOT, "%.1f and %.1f%n", percentile(latencies, 50), percentile(latencies, 99));
    }
  }

  private static String serve(Channel channel) throws Exception {
    var queue = channel.queueDeclare().getQueue();
    channel.basicQos(1);
    DeliverCallback answer =
        (tag, request) -> {
          var to = request.getProperties().getReplyTo();
          channel.basicPublish("", to, null, request.getBody());
          channel.basicAck(request.getEnvelope().getDeliveryTag(), false);
        };
    channel.basicConsume(queue, false, answer, NOT_CANCELLED);
    return queue;
  }

  private static DeliverCallback handOver(SynchronousQueue<byte[]> replies) {
    return (tag, reply) -> {
      try {
        replies.put(reply.getBody());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private static double[] measure(
      Channel channel, String queue, SynchronousQueue<byte[]> replies, int seconds)
      throws Exception {
    var properties = new BasicProperties.Builder().replyTo(REPLY_TO).deliveryMode(2).build();
    var body = "{\"message\": \"Hello RabbitMQ!\"}".getBytes();
    var latencies = new double[1_000_000];
    var count = 0;
    var end = System.nanoTime() + seconds * 1_000_000_000L;
    while (count < latencies.length && System.nanoTime() < end) {
      var start = System.nanoTime();
      channel.basicPublish("", queue, properties, body);
      replies.take();
      latencies[count++] = (System.nanoTime() - start) / 1e6;
    }
    var measured = Arrays.copyOf(latencies, count);
    Arrays.sort(measured);
    return measured;
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[(int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100)];
  }
}
