package dev.warren.sender.streaming;

import dev.warren.contract.TaskState;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Makes a stream of each {@link Opening} that an endpoint answers: it reads what the client has
 * missed, page by page as fast as the client takes it, and then follows.
 */
@Component
final class EventStreams implements HandlerMethodReturnValueHandler {

  private static final Logger log = LoggerFactory.getLogger(EventStreams.class);

  private static final Executor IN_A_SECOND =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final EventTail tail;
  private final EventQueries queries;
  private final LedgerReads reads;

  EventStreams(EventTail tail, EventQueries queries, LedgerReads reads) {
    this.tail = tail;
    this.queries = queries;
    this.reads = reads;
  }

  @Override
  public boolean supportsReturnType(MethodParameter returnType) {
    return Opening.class.isAssignableFrom(returnType.getParameterType());
  }

  @Override
  public void handleReturnValue(
      @Nullable Object opening,
      MethodParameter returnType,
      ModelAndViewContainer view,
      NativeWebRequest webRequest)
      throws IOException {
    view.setRequestHandled(true);
    var request = Objects.requireNonNull(webRequest.getNativeRequest(HttpServletRequest.class));
    var response = Objects.requireNonNull(webRequest.getNativeResponse(HttpServletResponse.class));
    open((Opening) Objects.requireNonNull(opening), request, response);
  }

  private void open(Opening opening, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!tail.hasRoom()) {
      throw tooMany();
    }
    response.setContentType("text/event-stream;charset=UTF-8");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader("X-Accel-Buffering", "no"); // else nginx would hold it back
    if (opening.isOver()) {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT); // no browser tries again after this
      return;
    }
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      return;
    }
    var context = request.startAsync();
    var output = context.getResponse().getOutputStream();
    var stream = new EventStream(opening.filter(), opening.after(), context, output, tail);
    tail.opened(stream);
    stream.begin();
    if (opening.gap() != null) {
      stream.sayGap(opening.gap().after(), opening.gap().forgotten());
    }
    if (opening.beginning() != null) {
      stream.send(opening.beginning().encoded(), opening.after());
    }
    stream.whenWritten(() -> catchUp(stream));
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
  private void catchUp(EventStream stream) {
    var told = tail.position(); // what is up to here can be read by now
    reads
        .read(() -> read(stream))
        .whenComplete(
            (missed, failure) -> {
              if (failure == null) {
                tell(stream, missed, told);
              } else if (stream.isOpen()) {
                log.debug("what a listener has missed cannot be read", failure);
                IN_A_SECOND.execute(() -> catchUp(stream));
              }
            });
  }

  /**
   * What a client has missed.
   *
   * @param state of the task, as it was before
   */
  private record Missed(EventPage page, @Nullable TaskState state) {}

  private Missed read(EventStream stream) {
    var taskId = stream.filter().taskId();
    if (taskId == null) {
      return new Missed(queries.after(stream.position()), null);
    }
    var beginning = queries.beginning(taskId);
    var state = beginning == null ? TaskState.EXPIRED : beginning.state();
    return new Missed(queries.ofTask(taskId, stream.position()), state);
  }

  private void tell(EventStream stream, Missed missed, long told) {
    var page = missed.page;
    var chunk = page.chunk(stream.filter(), stream.position());
    if (page.isFull()) {
      stream.send(chunk, page.readTo());
      stream.whenWritten(() -> catchUp(stream));
      return;
    }
    stream.send(chunk, Math.max(page.readTo(), told));
    var end = endOf(missed);
    if (end != null) {
      stream.end(end);
    } else if (!tail.follow(stream)) {
      stream.whenWritten(() -> catchUp(stream));
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
