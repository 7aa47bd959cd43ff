package dev.warren.sender.foreign;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes replies, which the broker confirms later. A reply goes out once at most: what was not
 * confirmed when the connection ended is dropped. For one thread; it may block.
 */
final class ReplyConnection implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReplyConnection.class);

  private static final String DEFAULT_EXCHANGE = "";
  private static final int ABORT_MILLIS = 1000;

  private final Connector connector;
  private final Drop.Counters drops;
  private final ForeignProperties properties;

  /** Of the channel in use. */
  private NavigableSet<Long> unconfirmed = new ConcurrentSkipListSet<>();

  private @Nullable Channel publishing;

  /** On a connection of its own, which a forged address of a direct reply ends (541 on 3.10). */
  private @Nullable Channel looking;

  /** 4.3 tells nothing of what a user has no permission on: then a reply is sent unseen. */
  private boolean mayLook = true;

  private volatile @Nullable String blockedBy;

  /** In a row, since a reply was last confirmed. */
  private volatile int failures;

  private volatile long retryAt = System.nanoTime();

  /** Connects as the user of the replies. */
  interface Connector {
    Connection connect() throws IOException, TimeoutException;
  }

  ReplyConnection(Connector connector, Drop.Counters drops, ForeignProperties properties) {
    this.connector = connector;
    this.drops = drops;
    this.properties = properties;
  }

  /**
   * Publishes a reply, or drops it.
   *
   * @throws IOException where neither was possible, and is to be tried again
   */
  void send(ForeignReply reply) throws IOException {
    if (!reply.isAllowed() || !reply.isSendable()) {
      drops.count(Drop.REFUSED, 1);
    } else if (reply.isDirect() && mayLook && isGone(reply.to())) {
      drops.count(Drop.GONE, 1);
    } else {
      publish(reply);
    }
  }

  private void publish(ForeignReply reply) throws IOException {
    var channel = publishing();
    var blocked = blockedBy;
    if (blocked != null) {
      throw new IOException("the broker blocks publishers: " + blocked);
    }
    if (unconfirmed.size() >= properties.maxUnconfirmed()) {
      throw new IOException("the broker does not confirm");
    }
    var sequence = channel.getNextPublishSeqNo();
    unconfirmed.add(sequence);
    try {
      // A direct reply would be returned even where it arrives.
      var mandatory = !reply.isDirect();
      channel.basicPublish(
          DEFAULT_EXCHANGE, reply.to(), mandatory, reply.properties(), reply.body());
    } catch (AlreadyClosedException e) {
      if (unconfirmed.remove(sequence)) {
        throw new IOException(e);
      }
    } catch (IOException | RuntimeException e) { // nobody knows any more what is confirmed
      log.debug("a reply was not published", e);
      channel.abort();
    }
  }

  private Channel publishing() throws IOException {
    var current = publishing;
    if (current == null || !current.isOpen()) {
      var fresh = opened(current);
      if (current == null || current.getConnection() != fresh.getConnection()) {
        blockedBy = null;
        fresh.getConnection().addBlockedListener(by -> blockedBy = by, () -> blockedBy = null);
      }
      prepare(fresh);
      publishing = fresh;
      return fresh;
    }
    return current;
  }

  private void prepare(Channel channel) throws IOException {
    var open = new ConcurrentSkipListSet<Long>();
    unconfirmed = open;
    channel.addShutdownListener(cause -> lost(cause, open));
    channel.addReturnListener(returned -> drops.count(Drop.GONE, 1));
    channel.addConfirmListener(
        (sequence, multiple) -> {
          settle(open, sequence, multiple);
          works();
        },
        (sequence, multiple) -> drops.count(Drop.REFUSED, settle(open, sequence, multiple)));
    try {
      channel.confirmSelect();
    } catch (IOException | ShutdownSignalException e) {
      channel.getConnection().abort(ABORT_MILLIS);
      throw new IOException(e);
    }
  }

  /** The connection of a channel that was closed is used again, if it still is one. */
  private Channel opened(@Nullable Channel previous) throws IOException {
    if (retryAt - System.nanoTime() > 0) {
      throw new IOException("it is not yet time to connect again");
    }
    var connection = previous == null ? null : previous.getConnection();
    try {
      if (connection == null || !connection.isOpen()) {
        connection = connector.connect();
      }
      return connection.openChannel().orElseThrow(() -> new IOException("no free AMQP channel"));
    } catch (IOException | TimeoutException | RuntimeException e) {
      if (connection != null) {
        connection.abort(ABORT_MILLIS);
      }
      failed(e);
      throw new IOException(e);
    }
  }

  /** Nothing is published there, so that an alarm does not hold it up. */
  private boolean isGone(String replyTo) throws IOException {
    var current = looking;
    if (current == null || !current.isOpen()) {
      current = opened(current);
      looking = current;
    }
    try {
      current.queueDeclarePassive(replyTo);
      return false;
    } catch (IOException | ShutdownSignalException e) {
      switch (replyCode(e.getCause())) {
        case AMQP.NOT_FOUND, AMQP.INTERNAL_ERROR -> { // or it could not even be one
          return true;
        }
        case AMQP.ACCESS_REFUSED -> {
          mayLook = false;
          return false;
        }
        default -> {
          current.getConnection().abort(ABORT_MILLIS);
          throw new IOException(e);
        }
      }
    }
  }

  /** What the broker closed a channel or a connection for; 0 where that was not it. */
  private static int replyCode(@Nullable Throwable cause) {
    if (cause instanceof ShutdownSignalException signal) {
      if (signal.getReason() instanceof AMQP.Channel.Close close) {
        return close.getReplyCode();
      }
      if (signal.getReason() instanceof AMQP.Connection.Close close) {
        return close.getReplyCode();
      }
    }
    return 0;
  }

  private void lost(ShutdownSignalException cause, NavigableSet<Long> open) {
    var isRefused = replyCode(cause) == AMQP.ACCESS_REFUSED;
    drops.count(isRefused ? Drop.REFUSED : Drop.LOST, settle(open, Long.MAX_VALUE, true));
    if (!cause.isInitiatedByApplication()) {
      failed(cause);
    }
  }

  private static int settle(NavigableSet<Long> open, long sequence, boolean multiple) {
    if (!multiple) {
      return open.remove(sequence) ? 1 : 0;
    }
    var settled = 0;
    while (!open.isEmpty() && open.first() <= sequence) {
      open.pollFirst();
      settled++;
    }
    return settled;
  }

  private synchronized void failed(Exception failure) {
    var backoff = properties.minBackoff().multipliedBy(1L << Math.min(failures, 16));
    var wait = backoff.compareTo(properties.maxBackoff()) < 0 ? backoff : properties.maxBackoff();
    retryAt = System.nanoTime() + wait.toNanos();
    if (failures == 0) {
      log.warn("foreign callers are not answered: {}", failure.toString());
    }
    failures = failures + 1;
  }

  private void works() {
    if (failures > 0) {
      worksAgain();
    }
  }

  private synchronized void worksAgain() {
    if (failures > 0) {
      failures = 0;
      log.info("foreign callers are answered again");
    }
  }

  /** So that what was published arrives. */
  @Override
  public void close() {
    close(publishing);
    close(looking);
  }

  private static void close(@Nullable Channel channel) {
    if (channel != null) {
      try {
        channel.getConnection().close(ABORT_MILLIS);
      } catch (IOException | ShutdownSignalException e) {
        log.debug("closed already", e);
      }
    }
  }
}
