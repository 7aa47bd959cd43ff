package dev.warren.sender.ledger.intake;

import dev.warren.contract.TaskHeaders;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import dev.warren.sender.ledger.Heard;
import dev.warren.sender.ledger.LedgerEvents;
import dev.warren.sender.ledger.TaskStore;
import dev.warren.sender.ledger.database.DatabaseAway;
import dev.warren.sender.ledger.database.Fault;
import dev.warren.sender.ledger.database.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Writes messages into the ledger: a whole batch at once, and where that fails for the sake of one
 * message, one by one, so that it harms only itself.
 */
final class LedgerWriter implements Intake.Ledger {

  private static final Logger log = LoggerFactory.getLogger(LedgerWriter.class);

  private static final int MAX_CONFLICTS = 10;
  private static final int CONFLICT_MILLIS = 50;

  private final TaskStore store;
  private final LedgerEvents events;
  private final LedgerMetrics metrics;
  private final Runnable flush;

  /**
   * @param flush makes what is committed outlive the power
   */
  LedgerWriter(TaskStore store, LedgerEvents events, LedgerMetrics metrics, Runnable flush) {
    this.store = store;
    this.events = events;
    this.metrics = metrics;
    this.flush = flush;
  }

  /** A batch of the ledger's own queue. */
  @Override
  public void apply(List<WireMessage> batch) throws DatabaseAway, InterruptedException {
    var now = Instant.now();
    var heard = new ArrayList<Heard>();
    var markers = new ArrayList<String>();
    for (var message : batch) {
      var marker = marker(message);
      marker.ifPresent(markers::add);
      if (marker.isEmpty()) {
        read(message, now).ifPresent(heard::add);
      }
    }
    metrics.read(Heard.newest(heard));
    write(heard, markers);
    metrics.applied(heard.size());
  }

  @Override
  public void idle() {
    metrics.idle();
  }

  /** A batch of buried tasks. */
  void bury(List<WireMessage> batch) throws DatabaseAway, InterruptedException {
    var now = Instant.now();
    write(batch.stream().map(message -> Heard.buried(message, now)).toList(), List.of());
  }

  private void write(List<Heard> heard, List<String> markers)
      throws DatabaseAway, InterruptedException {
    if (heard.isEmpty() && markers.isEmpty()) {
      return;
    }
    try {
      apply(heard, markers);
    } catch (MessageRefused e) {
      log.warn("a batch of {} is applied one by one: {}", heard.size(), quoted(e.getMessage()));
      for (var each : heard) {
        writeAlone(each);
      }
      writeMarkers(markers);
    }
    flush();
  }

  private void writeAlone(Heard heard) throws DatabaseAway, InterruptedException {
    try {
      apply(List.of(heard), List.of());
    } catch (MessageRefused e) {
      unreadable(heard.task().id(), String.valueOf(e.getMessage()));
    }
  }

  private void writeMarkers(List<String> markers) throws DatabaseAway, InterruptedException {
    try {
      apply(List.of(), markers);
    } catch (MessageRefused e) {
      log.debug("whoever sent such markers does not wait for them", e);
    }
  }

  private void apply(List<Heard> heard, List<String> markers)
      throws DatabaseAway, MessageRefused, InterruptedException {
    for (var conflicts = 0; ; conflicts++) {
      try {
        store.apply(heard, markers).forEach(events::publish);
        return;
      } catch (RuntimeException e) {
        var fault = Fault.of(e);
        if (fault == Fault.MESSAGE) {
          throw new MessageRefused(e);
        }
        if (fault == Fault.DATABASE || conflicts == MAX_CONFLICTS) {
          throw new DatabaseAway(e);
        }
        log.debug("another transaction was in the way", e);
        Thread.sleep(ThreadLocalRandom.current().nextInt(CONFLICT_MILLIS));
      }
    }
  }

  private void flush() throws DatabaseAway {
    try {
      flush.run();
    } catch (RuntimeException e) {
      throw new DatabaseAway(e);
    }
  }

  private Optional<Heard> read(WireMessage message, Instant now) {
    try {
      var heard = Heard.from(message, now);
      if (heard.isEmpty()) {
        unreadable(message.messageId(), "it has no id or no type, or is no known event");
      }
      return heard;
    } catch (RuntimeException e) {
      unreadable(message.messageId(), e.toString());
      return Optional.empty();
    }
  }

  private void unreadable(@Nullable String id, String why) {
    metrics.unreadable();
    log.warn("the ledger cannot read a message about task {}: {}", quoted(id), quoted(why));
  }

  /** Text of strangers must not look like lines of the log. */
  private static String quoted(@Nullable String text) {
    return "'" + Text.fit(String.valueOf(text), 300).replaceAll("\\p{Cntrl}", "?") + "'";
  }

  private static Optional<String> marker(WireMessage message) {
    return message.routingKey().equals(TaskTopology.LEDGER_KEY)
        ? Optional.ofNullable(message.headers().get(TaskHeaders.MARKER)).map(Object::toString)
        : Optional.empty();
  }

  /** The database works, and takes this not. */
  private static final class MessageRefused extends Exception {
    MessageRefused(Throwable cause) {
      super(NestedExceptionUtils.getMostSpecificCause(cause).getMessage(), cause);
    }
  }
}
