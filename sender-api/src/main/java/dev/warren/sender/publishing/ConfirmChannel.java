package dev.warren.sender.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP channel in confirm mode with many confirms outstanding. Everything here runs on the
 * event loop that also reads the broker's answers, so it needs no lock; only the listeners are
 * registered from elsewhere, before the first publish.
 */
final class ConfirmChannel {

  /** A key that no queue is bound to: the broker confirms and drops what is sent there. */
  private static final String PROBE_KEY = "";

  /** So long at most is an alarm or a frozen broker unknown when no task is published. */
  private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

  private final Channel channel;
  private final long confirmTimeoutNanos;
  private final LongSupplier nanoTime;
  private final NavigableMap<Long, Unconfirmed> bySequence = new TreeMap<>();
  private final Map<String, Unconfirmed> byMessageId = new HashMap<>();
  private @Nullable String blockedBy;
  private boolean proven;
  private long probeAt;
  private long unblockedAt;

  ConfirmChannel(Channel channel, Duration confirmTimeout, LongSupplier nanoTime) {
    this.channel = channel;
    this.nanoTime = nanoTime;
    this.confirmTimeoutNanos = confirmTimeout.toNanos();
    this.probeAt = nanoTime.getAsLong();
    this.unblockedAt = nanoTime.getAsLong();
  }

  void publish(TaskMessage task, CompletableFuture<PublishOutcome> outcome) {
    if (blockedBy != null) {
      outcome.complete(PublishOutcome.BLOCKED);
      return;
    }
    if (obstacle() != null) {
      outcome.complete(PublishOutcome.UNAVAILABLE);
      return;
    }
    send(task.id(), task.queue(), true, TaskProperties.of(task), task.payload(), outcome);
  }

  private void send(
      String messageId,
      String key,
      boolean mandatory,
      BasicProperties properties,
      byte[] body,
      CompletableFuture<PublishOutcome> outcome) {
    var sequence = channel.getNextPublishSeqNo();
    var now = nanoTime.getAsLong();
    var unconfirmed = new Unconfirmed(messageId, now, outcome);
    probeAt = now + PROBE_INTERVAL.toNanos();
    bySequence.put(sequence, unconfirmed);
    byMessageId.put(messageId, unconfirmed);
    try {
      channel.basicPublish(TaskTopology.TASKS_EXCHANGE, key, mandatory, properties, body);
    } catch (AlreadyClosedException e) {
      settle(bySequence.remove(sequence), PublishOutcome.UNAVAILABLE);
    } catch (IOException | RuntimeException e) {
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
  void returned(@Nullable String messageId) {
    var unconfirmed = byMessageId.get(messageId);
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
    if (blockedBy == null && bySequence.isEmpty() && nanoTime.getAsLong() - probeAt >= 0) {
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
    send("", PROBE_KEY, false, new BasicProperties(), new byte[0], new CompletableFuture<>());
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
    if (!proven) {
      return "the broker has not answered yet";
    }
    return isStalledFor(Duration.ZERO) ? "the broker does not confirm" : null;
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
      byMessageId.remove(unconfirmed.messageId, unconfirmed);
      unconfirmed.outcome.complete(outcome);
    }
  }

  private static final class Unconfirmed {
    final String messageId;
    final long sentAt;
    final CompletableFuture<PublishOutcome> outcome;
    boolean returned;

    Unconfirmed(String messageId, long sentAt, CompletableFuture<PublishOutcome> outcome) {
      this.messageId = messageId;
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
