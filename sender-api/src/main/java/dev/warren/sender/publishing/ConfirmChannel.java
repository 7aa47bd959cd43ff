package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One AMQP channel in confirm mode with many confirms outstanding. Everything here runs on the
 * event loop that also reads the broker's answers, so it needs no lock; only the listeners are
 * registered from elsewhere, before the first publish.
 */
final class ConfirmChannel {

  private static final Logger log = LoggerFactory.getLogger(ConfirmChannel.class);

  /** To a key that no queue is bound to: the broker confirms and drops what is sent there. */
  private static final Address PROBE = new Address(TaskTopology.TASKS_EXCHANGE, "", null);

  /** So long at most is an alarm or a frozen broker unknown when no task is published. */
  private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

  private final Channel channel;
  private final FrameLimit frameLimit;
  private final long confirmTimeoutNanos;
  private final LongSupplier nanoTime;
  private final NavigableMap<Long, Unconfirmed> bySequence = new TreeMap<>();
  private final Map<Address, Unconfirmed> byAddress = new HashMap<>();
  private @Nullable String blockedBy;
  private boolean proven;
  private boolean miscounted;
  private long probeAt;
  private long unblockedAt;

  ConfirmChannel(
      Channel channel, FrameLimit frameLimit, Duration confirmTimeout, LongSupplier nanoTime) {
    this.channel = channel;
    this.frameLimit = frameLimit;
    this.nanoTime = nanoTime;
    this.confirmTimeoutNanos = confirmTimeout.toNanos();
    this.probeAt = nanoTime.getAsLong();
    this.unblockedAt = nanoTime.getAsLong();
  }

  void publish(WireMessage message, CompletableFuture<PublishOutcome> outcome) {
    if (blockedBy != null) {
      outcome.complete(PublishOutcome.BLOCKED);
      return;
    }
    if (obstacle() != null) {
      outcome.complete(PublishOutcome.UNAVAILABLE);
      return;
    }
    var properties = WireProperties.of(message);
    if (!frameLimit.admits(message, properties)) {
      outcome.complete(PublishOutcome.UNSENDABLE);
      return;
    }
    var address = new Address(message.exchange(), message.routingKey(), message.messageId());
    send(address, true, properties, message.body(), outcome);
  }

  private void send(
      Address address,
      boolean mandatory,
      BasicProperties properties,
      byte[] body,
      CompletableFuture<PublishOutcome> outcome) {
    var sequence = channel.getNextPublishSeqNo();
    var now = nanoTime.getAsLong();
    var unconfirmed = new Unconfirmed(address, now, outcome);
    probeAt = now + PROBE_INTERVAL.toNanos();
    bySequence.put(sequence, unconfirmed);
    byAddress.put(address, unconfirmed);
    try {
      channel.basicPublish(address.exchange, address.routingKey, mandatory, properties, body);
    } catch (AlreadyClosedException e) {
      settle(bySequence.remove(sequence), PublishOutcome.UNAVAILABLE);
    } catch (Throwable e) { // the client has counted it, the broker may not have
      log.warn("a publish failed, and the channel with it", e);
      miscounted = true;
      settle(bySequence.remove(sequence), PublishOutcome.CONNECTION_LOST);
    }
  }

  void confirmed(long sequence, boolean multiple, boolean acked) {
    proven = true;
    if (!multiple) {
      settleConfirmed(bySequence.remove(sequence), acked);
      return;
    }
    var confirmed = bySequence.headMap(sequence, true);
    confirmed.values().forEach(each -> settleConfirmed(each, acked));
    confirmed.clear();
  }

  /** The broker returns what it cannot route before it confirms it. */
  void returned(String exchange, String routingKey, @Nullable String messageId) {
    var unconfirmed = byAddress.get(new Address(exchange, routingKey, messageId));
    if (unconfirmed != null) {
      unconfirmed.returned = true;
    }
  }

  void blocked(@Nullable String reason) {
    blockedBy = reason;
    if (reason == null) {
      unblockedAt = nanoTime.getAsLong();
    }
  }

  /** Looks after the channel; to be called often. */
  void tend() {
    giveUpOverdue();
    if (!miscounted
        && blockedBy == null
        && bySequence.isEmpty()
        && nanoTime.getAsLong() - probeAt >= 0) {
      probe();
    }
  }

  /** What is overdue is kept all the same, since a late confirm ends the stall. */
  private void giveUpOverdue() {
    for (var unconfirmed : bySequence.values()) {
      if (!isOverdue(unconfirmed)) {
        return;
      }
      unconfirmed.outcome.complete(PublishOutcome.TIMED_OUT);
    }
  }

  /**
   * Publishes what no queue takes. Its confirm shows that the broker works, and a broker with an
   * alarm says so only to a connection that publishes.
   */
  private void probe() {
    send(PROBE, false, new BasicProperties(), new byte[0], new CompletableFuture<>());
  }

  /** The channel has ended: nobody knows what became of what it had not confirmed. */
  void lost() {
    bySequence.values().forEach(each -> settle(each, PublishOutcome.CONNECTION_LOST));
    bySequence.clear();
  }

  /** Why no task can be published; null where one can. */
  @Nullable String obstacle() {
    if (blockedBy != null) {
      return "the broker blocks publishers: " + blockedBy;
    }
    if (miscounted) {
      return "the channel's confirms cannot be told apart any more";
    }
    if (!proven) {
      return "the broker has not answered yet";
    }
    return isStalledFor(Duration.ZERO) ? "the broker does not confirm" : null;
  }

  /** What the broker is short of while it blocks publishers; null where it does not. */
  @Nullable String alarm() {
    return blockedBy;
  }

  /** Whether what is published here could be taken for confirmed by another's confirm. */
  boolean isMiscounted() {
    return miscounted;
  }

  /** Whether the oldest publish was overdue this long ago already, and no alarm explains it. */
  boolean isStalledFor(Duration duration) {
    return blockedBy == null
        && !bySequence.isEmpty()
        && Math.min(ageNanos(bySequence.firstEntry().getValue()), nanosSinceUnblocked())
            >= confirmTimeoutNanos + duration.toNanos();
  }

  private boolean isOverdue(Unconfirmed unconfirmed) {
    return ageNanos(unconfirmed) >= confirmTimeoutNanos;
  }

  private long nanosSinceUnblocked() {
    return nanoTime.getAsLong() - unblockedAt;
  }

  private long ageNanos(Unconfirmed unconfirmed) {
    return nanoTime.getAsLong() - unconfirmed.sentAt;
  }

  private void settleConfirmed(@Nullable Unconfirmed unconfirmed, boolean acked) {
    if (unconfirmed != null) {
      settle(unconfirmed, unconfirmed.outcomeWhen(acked));
    }
  }

  private void settle(@Nullable Unconfirmed unconfirmed, PublishOutcome outcome) {
    if (unconfirmed != null) {
      byAddress.remove(unconfirmed.address, unconfirmed);
      unconfirmed.outcome.complete(outcome);
    }
  }

  /** What a returned message is known by. */
  private record Address(String exchange, String routingKey, @Nullable String messageId) {}

  private static final class Unconfirmed {
    final Address address;
    final long sentAt;
    final CompletableFuture<PublishOutcome> outcome;
    boolean returned;

    Unconfirmed(Address address, long sentAt, CompletableFuture<PublishOutcome> outcome) {
      this.address = address;
      this.sentAt = sentAt;
      this.outcome = outcome;
    }

    PublishOutcome outcomeWhen(boolean acked) {
      if (!acked) {
        return PublishOutcome.NACKED;
      }
      return returned ? PublishOutcome.UNROUTABLE : PublishOutcome.CONFIRMED;
    }
  }
}
