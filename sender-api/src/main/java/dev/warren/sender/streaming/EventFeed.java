package dev.warren.sender.streaming;

import dev.warren.contract.TaskState;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Lets a {@link Listener} hear what happens: reads what it has missed, page by page as fast as it
 * takes it, and then follows.
 */
@Component
public final class EventFeed {

  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);

  private static final Executor IN_A_SECOND =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final EventTail tail;
  private final EventQueries queries;
  private final LedgerReads reads;
  private final Tasks tasks;

  EventFeed(EventTail tail, EventQueries queries, LedgerReads reads, Tasks tasks) {
    this.tail = tail;
    this.queries = queries;
    this.reads = reads;
    this.tasks = tasks;
  }

  /**
   * Gives a receiver what is behind the event that it was given last; fails with {@link
   * RequestRefused}.
   *
   * @param last null of one that was given none
   * @param mayStay whether it would still be let in
   */
  public CompletableFuture<Void> push(
      EventFilter filter, @Nullable Long last, EventReceiver receiver, BooleanSupplier mayStay) {
    return opening(filter, last).thenAccept(opening -> push(opening, receiver, mayStay));
  }

  private void push(Opening opening, EventReceiver receiver, BooleanSupplier mayStay) {
    refuseUnlessRoom();
    var events = new PushedEvents(opening.filter(), opening.after(), receiver, tail);
    tail.opened(events, mayStay);
    receiver.opened(events);
    if (opening.isOver()) {
      events.end();
    } else {
      begin(opening, events);
    }
  }

  /** Where to begin for one that has heard this event last; null of one that has heard none. */
  CompletableFuture<Opening> opening(EventFilter filter, @Nullable Long last) {
    var taskId = filter.taskId();
    if (taskId != null) {
      return tasks.find(taskId).thenCompose(task -> reads.read(() -> ofTask(task.id(), last)));
    }
    return reads.read(
        () ->
            last == null
                ? Opening.now(filter, queries.ends())
                : Opening.after(filter, last, queries.ends()));
  }

  private Opening ofTask(String id, @Nullable Long last) {
    var filter = EventFilter.ofTask(id);
    var beginning = Objects.requireNonNull(queries.beginning(id));
    if (last == null) {
      return Opening.ofTask(filter, beginning.event());
    }
    var opening = Opening.after(filter, last, queries.ends());
    return opening.gap() == null
            && beginning.state().isTerminal()
            && queries.ofTask(id, last).events().isEmpty()
        ? Opening.over(filter, last)
        : opening;
  }

  /**
   * @throws RequestRefused where as many listen as may
   */
  void refuseUnlessRoom() {
    if (!tail.hasRoom()) {
      throw tooMany();
    }
  }

  /** Tells it all from there on. */
  void begin(Opening opening, Listener listener) {
    if (opening.gap() != null) {
      listener.sayGap(opening.gap());
    }
    if (opening.beginning() != null) {
      listener.begin(opening.beginning());
    }
    listener.whenWritten(() -> catchUp(listener));
  }

  private static RequestRefused tooMany() {
    return new RequestRefused(
        Problem.of(
                ProblemType.TOO_MANY_LISTENERS,
                "As many listen to events here as there may; ask another replica, or again after"
                    + " Retry-After seconds.")
            .withHeader(HttpHeaders.RETRY_AFTER, "10"));
  }

  /** Reads the next page; again and again until there is none that was not read. */
  private void catchUp(Listener listener) {
    var told = tail.position(); // what is up to here can be read by now
    reads
        .read(() -> read(listener))
        .whenComplete(
            (missed, failure) -> {
              if (failure == null) {
                tell(listener, missed, told);
              } else if (listener.isOpen()) {
                log.debug("what a listener has missed cannot be read", failure);
                IN_A_SECOND.execute(() -> catchUp(listener));
              }
            });
  }

  /**
   * What a client has missed.
   *
   * @param state of the task, as it was before
   */
  private record Missed(EventPage page, @Nullable TaskState state) {}

  private Missed read(Listener listener) {
    var taskId = listener.filter().taskId();
    if (taskId == null) {
      return new Missed(queries.after(listener.position()), null);
    }
    var beginning = queries.beginning(taskId);
    var state = beginning == null ? TaskState.EXPIRED : beginning.state();
    return new Missed(queries.ofTask(taskId, listener.position()), state);
  }

  private void tell(Listener listener, Missed missed, long told) {
    var page = missed.page;
    if (page.isFull()) {
      listener.send(page, page.readTo());
      listener.whenWritten(() -> catchUp(listener));
      return;
    }
    listener.send(page, Math.max(page.readTo(), told));
    var end = endOf(missed);
    if (end != null) {
      listener.end(end);
    } else if (!tail.follow(listener)) {
      listener.whenWritten(() -> catchUp(listener));
    }
  }

  /** How the task has ended; null where it may go on. */
  private static @Nullable TaskState endOf(Missed missed) {
    var events = missed.page.events();
    if (missed.state == null) {
      return null;
    }
    var last = events.isEmpty() ? missed.state : events.get(events.size() - 1).state();
    if (last.isTerminal()) {
      return last;
    }
    var reopened = events.stream().anyMatch(LiveEvent::reopens);
    return missed.state.isTerminal() && !reopened ? missed.state : null;
  }
}
