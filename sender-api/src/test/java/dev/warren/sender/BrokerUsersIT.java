package dev.warren.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.contract.TaskTopology;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.TestBroker;
import dev.warren.testbroker.VirtualHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What each user of the installation's may do at a broker with Warren's topology, cell by cell.
 * That it is enough for them is shown by every other test, whose applications connect as they do.
 */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class BrokerUsersIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Whoever may delete something comes last. */
  private static final List<String> USERS = List.of("replies", "producer", "worker", "sender-api");

  private final TestBroker broker;
  private final VirtualHost vhost;
  private final Map<String, String> uris = new LinkedHashMap<>();
  private final Map<String, Connection> connections = new LinkedHashMap<>();
  private RunningSender sender;

  BrokerUsersIT(TestBroker broker, VirtualHost vhost) {
    this.broker = broker;
    this.vhost = vhost;
  }

  @BeforeAll
  void start() {
    sender = RunningSender.on(vhost).ready(); // it declares what there is
    vhost.onChannel(
        admin -> {
          for (var queue :
              List.of(
                  "tasks.new",
                  "api.other",
                  "worker.other",
                  "reply.other",
                  "reply.other.1",
                  replyQueue("1"),
                  "x")) {
            admin.queueDeclare(queue, true, false, false, Map.of());
          }
          admin.exchangeDeclare("task-new", BuiltinExchangeType.FANOUT, true);
          return admin.exchangeDeclare("x", BuiltinExchangeType.FANOUT, true);
        });
    for (var user : USERS) {
      uris.put(user, vhost.uriOf(user));
      connections.put(user, vhost.connect(uris.get(user)));
    }
  }

  @AfterAll
  void stop() {
    connections.values().forEach(Connection::abort);
    sender.close();
  }

  @Test
  void declareOnlyWhatIsTheirs() {
    assertThat(
            tried(
                cell("tasks.default", queue("tasks.default", TaskTopology.WORK_QUEUE_ARGUMENTS)),
                cell("tasks.dead", queue("tasks.dead", TaskTopology.DEAD_QUEUE_ARGUMENTS)),
                cell("tasks.more", queue("tasks.more", TaskTopology.WORK_QUEUE_ARGUMENTS)),
                cell("api.<random>", ownQueue("api.")),
                cell("worker.<random>", ownQueue("worker.")),
                cell("reply.<its name>.<random>", ownQueue(replyQueue(""))),
                cell("reply.<random>", ownQueue("reply.")),
                cell("a name of the broker's", channel -> channel.queueDeclare()),
                cell("another queue", ownQueue("another")),
                cell("worker.trap, its dead to task-control", trap(TaskTopology.CONTROL_EXCHANGE)),
                cell("worker.trap, its dead to any queue", trap("")),
                cell("exchange tasks", exchange("tasks", BuiltinExchangeType.DIRECT)),
                cell("exchange task-events", exchange("task-events", BuiltinExchangeType.TOPIC)),
                cell("exchange task-control", exchange("task-control", BuiltinExchangeType.FANOUT)),
                cell("another exchange", exchange("another", BuiltinExchangeType.FANOUT))))
        .isEqualTo(
            """
            tasks.default: sender-api
            tasks.dead: sender-api
            tasks.more: sender-api
            api.<random>: sender-api
            worker.<random>: worker
            reply.<its name>.<random>: producer
            reply.<random>: nobody
            a name of the broker's: producer
            another queue: nobody
            worker.trap, its dead to task-control: nobody
            worker.trap, its dead to any queue: nobody
            exchange tasks: sender-api
            exchange task-events: sender-api
            exchange task-control: sender-api
            another exchange: nobody
            """);
  }

  @Test
  void bindOnlyWhatIsTheirs() {
    assertThat(
            tried(
                cell("tasks.new to tasks", bind("tasks.new", "tasks")),
                cell("tasks.ledger to task-events", bind("tasks.ledger", "task-events")),
                cell("api.other to task-events", bind("api.other", "task-events")),
                cell("api.other to task-control", bind("api.other", "task-control")),
                cell("worker.other to task-control", bind("worker.other", "task-control")),
                cell("worker.other to task-events", bind("worker.other", "task-events")),
                cell("worker.other to tasks", bind("worker.other", "tasks")),
                cell("reply.<its name>.1 to tasks", bind(replyQueue("1"), "tasks")),
                cell("another queue to tasks", bind("x", "tasks"))))
        .isEqualTo(
            """
            tasks.new to tasks: sender-api
            tasks.ledger to task-events: sender-api
            api.other to task-events: sender-api
            api.other to task-control: sender-api
            worker.other to task-control: worker
            worker.other to task-events: nobody
            worker.other to tasks: nobody
            reply.<its name>.1 to tasks: nobody
            another queue to tasks: nobody
            """);
  }

  @Test
  void publishOnlyWhereTheyMust() {
    assertThat(
            tried(
                cell("tasks", publish("tasks")),
                cell("task-events", publish("task-events")),
                cell("task-control", publish("task-control")),
                cell("the default exchange", publish("")),
                cell("another exchange", publish("x")),
                cell("amq.direct", publish("amq.direct")),
                cell("amq.topic", publish("amq.topic"))))
        .isEqualTo(
            """
            tasks: producer, worker, sender-api
            task-events: worker, sender-api
            task-control: sender-api
            the default exchange: replies
            another exchange: nobody
            amq.direct: nobody
            amq.topic: nobody
            """);
  }

  @Test
  void consumeOnlyWhatIsForThem() {
    assertThat(
            tried(
                cell("tasks.default", consume("tasks.default")),
                cell("tasks.new", consume("tasks.new")),
                cell("tasks.ledger", consume("tasks.ledger")),
                cell("tasks.dead", consume("tasks.dead")),
                cell("api.other", consume("api.other")),
                cell("worker.other", consume("worker.other")),
                cell("reply.<its name>.1", consume(replyQueue("1"))),
                cell("reply.other", consume("reply.other")),
                cell("reply.other.1", consume("reply.other.1")),
                cell("another queue", consume("x"))))
        .isEqualTo(
            """
            tasks.default: worker, sender-api
            tasks.new: worker, sender-api
            tasks.ledger: sender-api
            tasks.dead: sender-api
            api.other: sender-api
            worker.other: worker
            reply.<its name>.1: producer
            reply.other: nobody
            reply.other.1: nobody
            another queue: nobody
            """);
  }

  /** Who may take all there is may as well empty it. */
  @Test
  void purgeOnlyWhatTheyConsume_andDeleteOnlyWhatTheyDeclare() {
    assertThat(
            tried(
                cell("purge tasks.new", channel -> channel.queuePurge("tasks.new")),
                cell("purge tasks.dead", channel -> channel.queuePurge("tasks.dead")),
                cell("purge tasks.ledger", channel -> channel.queuePurge("tasks.ledger")),
                cell("purge api.other", channel -> channel.queuePurge("api.other")),
                cell("purge worker.other", channel -> channel.queuePurge("worker.other")),
                cell("purge another queue", channel -> channel.queuePurge("x")),
                cell("delete tasks.more", channel -> channel.queueDelete("tasks.more")),
                cell("delete worker.more", channel -> channel.queueDelete("worker.more")),
                cell("delete another queue", channel -> channel.queueDelete("x")),
                cell("delete exchange task-new", channel -> channel.exchangeDelete("task-new")),
                cell("delete another exchange", channel -> channel.exchangeDelete("x"))))
        .isEqualTo(
            """
            purge tasks.new: worker, sender-api
            purge tasks.dead: sender-api
            purge tasks.ledger: sender-api
            purge api.other: sender-api
            purge worker.other: worker
            purge another queue: nobody
            delete tasks.more: sender-api
            delete worker.more: worker
            delete another queue: nobody
            delete exchange task-new: sender-api
            delete another exchange: nobody
            """);
  }

  @Test
  void askTheManagementApi_onlyForQueuesAndOnlyTheSender() throws Exception {
    assertThat(managementAnswers("sender-api", "/api/queues/" + vhost.name())).isEqualTo(200);
    for (var path : List.of("/api/users", "/api/definitions", "/api/nodes")) {
      assertThat(managementAnswers("sender-api", path)).as(path).isEqualTo(401);
    }
    for (var user : List.of("worker", "replies", "producer")) {
      assertThat(managementAnswers(user, "/api/whoami")).as(user).isEqualTo(401);
    }
  }

  private int managementAnswers(String user, String path) throws Exception {
    var credentials = URI.create(uris.get(user)).getUserInfo().getBytes(UTF_8);
    var request =
        HttpRequest.newBuilder(URI.create(broker.managementUri() + path))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }

  /** Of the producer. */
  private String replyQueue(String rest) {
    var user = URI.create(vhost.uriOf("producer")).getUserInfo().split(":")[0];
    return "reply." + user + "." + rest;
  }

  private interface Attempt {
    Object on(Channel channel) throws IOException, InterruptedException, TimeoutException;
  }

  private static Attempt queue(String name, Map<String, Object> arguments) {
    return channel -> channel.queueDeclare(name, true, false, false, arguments);
  }

  private static Attempt ownQueue(String prefix) {
    return channel -> channel.queueDeclare(prefix + UUID.randomUUID(), false, true, true, Map.of());
  }

  private static Attempt trap(String exchange) {
    return queue("worker.trap", Map.of("x-dead-letter-exchange", exchange));
  }

  private static Attempt exchange(String name, BuiltinExchangeType type) {
    return channel -> channel.exchangeDeclare(name, type, true);
  }

  private static Attempt bind(String queue, String exchange) {
    return channel -> channel.queueBind(queue, exchange, "no-task");
  }

  private static Attempt publish(String exchange) {
    return channel -> {
      channel.confirmSelect();
      channel.basicPublish(exchange, "no-task", new AMQP.BasicProperties(), new byte[0]);
      return channel.waitForConfirms(PATIENCE.toMillis());
    };
  }

  private static Attempt consume(String queue) {
    return channel -> channel.basicConsume(queue, false, new DefaultConsumer(channel));
  }

  private record Cell(String what, Attempt attempt) {}

  private static Cell cell(String what, Attempt attempt) {
    return new Cell(what, attempt);
  }

  /** A line for each, with the users whom the broker lets do it. */
  private String tried(Cell... cells) {
    var lines = new StringBuilder();
    for (var cell : cells) {
      var allowed = USERS.stream().filter(user -> isAllowed(user, cell.attempt())).toList();
      lines.append(cell.what()).append(": ");
      lines.append(allowed.isEmpty() ? "nobody" : String.join(", ", allowed)).append('\n');
    }
    return lines.toString();
  }

  /** Whether it was done; what is refused for another reason than the user fails the test. */
  private boolean isAllowed(String user, Attempt attempt) {
    try {
      var channel = connections.get(user).createChannel();
      try {
        attempt.on(channel);
        return true;
      } finally {
        channel.abort();
      }
    } catch (IOException | ShutdownSignalException e) {
      assertThat(replyCode(e)).as("%s: %s", user, e).isEqualTo(AMQP.ACCESS_REFUSED);
      return false;
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int replyCode(Exception refusal) {
    var signal = refusal instanceof IOException ? refusal.getCause() : refusal;
    return signal instanceof ShutdownSignalException shutdown
            && shutdown.getReason() instanceof AMQP.Channel.Close close
        ? close.getReplyCode()
        : 0;
  }
}
