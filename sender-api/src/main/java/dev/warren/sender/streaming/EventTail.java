package dev.warren.sender.streaming;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells all who listen what happens: one query for all of them every 100 ms while there is anyone.
 * Where the database is away nobody is told anything, and nothing is skipped when it is back.
 */
@Component
final class EventTail implements Listener.Listening, DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(EventTail.class);

  private static final long LOOK_MILLIS = 100;

  /** A connection that is used more often is not looked at whether it is alive. */
  private static final long LOOK_MILLIS_AFTER_FAILURE = 1000;

  /** As often as the keys are read. */
  private static final long ADMISSION_MILLIS = 2000;

  private final EventQueries queries;
  private final StreamingProperties properties;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "events-tail"));
  private final ScheduledExecutorService heartbeat =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "events-heartbeat"));
  private final Map<Listener, BooleanSupplier> open = new ConcurrentHashMap<>();
  private final Set<Listener> following = new LinkedHashSet<>();
  private final Counter cutOff;
  private long position;
  private boolean looking;
  private volatile boolean closing;

  EventTail(EventQueries queries, StreamingProperties properties, MeterRegistry meters) {
    this.queries = queries;
    this.properties = properties;
    Gauge.builder("warren.events.listeners", open, Map::size)
        .description("Who listens to events by now")
        .register(meters);
    this.cutOff =
        Counter.builder("warren.events.cut.off")
            .description("Listeners that did not read fast enough")
            .register(meters);
    var millis = properties.heartbeat().toMillis();
    heartbeat.scheduleWithFixedDelay(this::beat, millis, millis, TimeUnit.MILLISECONDS);
    heartbeat.scheduleWithFixedDelay(
        this::turnAway, ADMISSION_MILLIS, ADMISSION_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Whether one more may listen. */
  boolean hasRoom() {
    return !closing && open.size() < properties.maxListeners();
  }

  /**
   * Keeps it alive from now on.
   *
   * @param mayStay whether its client would still be let in
   */
  void opened(Listener listener, BooleanSupplier mayStay) {
    open.put(listener, mayStay);
    if (closing) {
      listener.close();
    }
  }

  /** The id up to which all who follow were told all. */
  synchronized long position() {
    return position;
  }

  /**
   * Tells it from now on what is behind its position; false where that is too far behind, and it
   * must read on by itself.
   */
  synchronized boolean follow(Listener listener) {
    if (following.isEmpty() && listener.position() > position) {
      position = listener.position();
    }
    if (listener.position() < position) {
      return false;
    }
    if (open.containsKey(listener)) {
      following.add(listener);
      lookIn(LOOK_MILLIS);
    }
    return true;
  }

  private synchronized void lookIn(long millis) {
    if (!looking && !following.isEmpty()) {
      try {
        thread.schedule(this::look, millis, TimeUnit.MILLISECONDS);
        looking = true;
      } catch (RejectedExecutionException e) {
        log.debug("shutting down");
      }
    }
  }

  private void look() {
    var next = LOOK_MILLIS;
    try {
      EventPage page;
      do {
        page = queries.after(position());
        for (var listener : reached(page)) {
          tell(listener, page);
        }
      } while (page.isFull() && !closing);
    } catch (RuntimeException e) {
      log.debug("the events cannot be read", e);
      next = LOOK_MILLIS_AFTER_FAILURE;
    } finally {
      again(next);
    }
  }

  /** Who follows by now: who comes later begins behind this page. */
  private synchronized List<Listener> reached(EventPage page) {
    position = Math.max(position, page.readTo());
    return List.copyOf(following);
  }

  private synchronized void again(long millis) {
    looking = false;
    lookIn(millis);
  }

  private static void tell(Listener listener, EventPage page) {
    var after = listener.position();
    var taskId = listener.filter().taskId();
    var last = taskId == null ? null : page.lastOf(taskId, after);
    listener.send(page, page.readTo());
    if (last != null && last.state().isTerminal()) {
      listener.end(last.state());
    }
  }

  private void beat() {
    try {
      open.keySet().forEach(Listener::beat);
    } catch (RuntimeException e) {
      log.error("a heartbeat failed", e);
    }
  }

  /** Ends the streams of keys that were revoked since. */
  private void turnAway() {
    open.forEach(
        (listener, mayStay) -> {
          try {
            if (!mayStay.getAsBoolean()) {
              listener.turnAway();
            }
          } catch (Throwable e) { // also an Error: nobody would be turned away any more
            log.error("whether one may still listen cannot be told", e);
          }
        });
  }

  @Override
  public void cutOff(Listener listener) {
    cutOff.increment();
    leave(listener);
  }

  @Override
  public void ended(Listener listener) {
    open.remove(listener);
    leave(listener);
  }

  private synchronized void leave(Listener listener) {
    following.remove(listener);
  }

  /** Ends all streams, so that the end of the application need not wait for them. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
    open.keySet().forEach(Listener::close);
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
    heartbeat.shutdownNow();
  }
}
