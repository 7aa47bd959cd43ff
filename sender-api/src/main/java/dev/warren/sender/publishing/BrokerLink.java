package dev.warren.sender.publishing;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Keeps the publisher supplied: connects, declares the topology, opens the channel, and does each
 * again when it is lost. All of it may block, so it has a thread of its own.
 */
final class BrokerLink implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(BrokerLink.class);

  private static final int ABORT_MILLIS = 1000;

  private final ConnectionFactory connectionFactory;
  private final TaskPublisher publisher;
  private final PublishingProperties properties;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "broker-link"));
  private volatile boolean running;

  private volatile @Nullable Connection connection;

  // Confined to the thread.
  private @Nullable Channel channel;
  private boolean existed;
  private long declareAt;
  private long settledAt;
  private @Nullable String topologyObstacle;
  private @Nullable String reportedObstacle = "";

  BrokerLink(
      ConnectionFactory connectionFactory,
      TaskPublisher publisher,
      PublishingProperties properties) {
    this.connectionFactory = connectionFactory;
    this.publisher = publisher;
    this.properties = properties;
  }

  @Override
  public void start() {
    running = true;
    var interval = properties.reconnectInterval().toMillis();
    thread.scheduleWithFixedDelay(this::tend, 0, interval, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    running = false;
    publisher.refuse("the sender is shutting down");
    thread.shutdownNow();
    var current = connection;
    if (current != null) {
      current.abort(ABORT_MILLIS); // Spring would wait 30 s for a frozen broker's answer
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Below the web server's, which so stops first and with every request answered. */
  @Override
  public int getPhase() {
    return 0;
  }

  private void tend() {
    var obstacle = climb();
    if (running) {
      publisher.refuse(obstacle);
      report(publisher.obstacle());
    }
  }

  /** Goes each step towards a usable channel that is not done yet; answers what is in the way. */
  private @Nullable String climb() {
    try {
      var open = connect();
      var unroutable = publisher.sawUnroutable();
      if (unroutable || declareAt - System.nanoTime() <= 0) {
        declare(new Topology(open, properties.queues()));
      }
      if (topologyObstacle == null) {
        openChannel(open);
      }
      if (topologyObstacle == null && settledAt - System.nanoTime() > 0) {
        return "the queues were created a moment ago";
      }
      return topologyObstacle;
    } catch (Throwable e) { // also an Error: the link would not be tended again
      return "no connection to the broker: " + NestedExceptionUtils.getMostSpecificCause(e);
    }
  }

  /** An alarm is told to a connection only once, so a new channel comes with a new connection. */
  private Connection connect() {
    var current = connection;
    if (current != null && (publisher.isStuck() || (channel != null && !channel.isOpen()))) {
      current.abort(ABORT_MILLIS);
    }
    if (current == null || !current.isOpen()) {
      current = Objects.requireNonNull(connectionFactory.createConnection().getDelegate());
      connection = current;
      channel = null;
      declareAt = System.nanoTime();
    }
    return current;
  }

  private void declare(Topology topology) throws IOException, TimeoutException {
    try {
      var exists = topology.exists();
      if (!exists && existed) {
        existed = false;
        declareAt = System.nanoTime() + properties.redeclareDelay().toNanos();
        topologyObstacle = "a queue was deleted; it is created again in a moment";
        return;
      }
      if (!exists) {
        publisher.refuse("the queues are being created");
        settle(); // also where the declaration fails half-way
      }
      topology.declare();
      if (!exists) {
        settle();
      }
      existed = true;
      topologyObstacle = null;
      declareAt = System.nanoTime() + properties.declareInterval().toNanos();
    } catch (TopologyMismatch e) {
      topologyObstacle = "the broker refuses the topology: " + e.getMessage();
      declareAt = System.nanoTime() + properties.declareInterval().toNanos();
    }
  }

  private void settle() {
    settledAt = System.nanoTime() + properties.settleTime().toNanos();
  }

  private void openChannel(Connection open) throws IOException {
    if (channel != null) {
      return;
    }
    try {
      channel = confirmChannel(open);
    } catch (IOException | RuntimeException e) {
      open.abort(ABORT_MILLIS);
      throw e;
    }
  }

  private Channel confirmChannel(Connection open) throws IOException {
    var fresh = open.openChannel().orElseThrow(() -> new IOException("no free AMQP channel"));
    var limit = new FrameLimit(open.getFrameMax());
    var confirms = new ConfirmChannel(fresh, limit, properties.confirmTimeout(), System::nanoTime);
    fresh.confirmSelect();
    fresh.addConfirmListener(
        (sequence, multiple) -> confirms.confirmed(sequence, multiple, true),
        (sequence, multiple) -> confirms.confirmed(sequence, multiple, false));
    fresh.addReturnListener(
        returned ->
            confirms.returned(
                returned.getExchange(),
                returned.getRoutingKey(),
                returned.getProperties().getMessageId()));
    open.addBlockedListener(confirms::blocked, () -> confirms.blocked(null));
    fresh.addShutdownListener(cause -> lost(confirms));
    publisher.use(confirms);
    return fresh;
  }

  private void lost(ConfirmChannel confirms) {
    publisher.drop(confirms);
    try {
      thread.execute(this::tend);
    } catch (RejectedExecutionException e) {
      log.debug("shutting down");
    }
  }

  private void report(@Nullable String obstacle) {
    if (!Objects.equals(obstacle, reportedObstacle)) {
      reportedObstacle = obstacle;
      if (obstacle == null) {
        log.info("tasks are taken");
      } else {
        log.warn("no tasks are taken: {}", obstacle);
      }
    }
  }
}
