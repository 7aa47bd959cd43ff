package dev.warren.sender.streaming;

import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** {@code GET /v1/events} and {@code GET /v1/tasks/{id}/events}. */
@Controller
final class EventsEndpoint {

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final Tasks tasks;
  private final EventQueries queries;
  private final LedgerReads reads;

  EventsEndpoint(Tasks tasks, EventQueries queries, LedgerReads reads) {
    this.tasks = tasks;
    this.queries = queries;
    this.reads = reads;
  }

  @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  CompletableFuture<Opening> all(HttpServletRequest request) {
    var parameters = Parameters.of(request, EventFilter.PARAMETERS);
    var filter = EventFilter.of(parameters);
    var last = lastEventId(request, parameters);
    parameters.refuseFaults();
    return reads.read(
        () ->
            last == null
                ? Opening.now(filter, queries.ends())
                : Opening.after(filter, last, queries.ends()));
  }

  @GetMapping(path = "/v1/tasks/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  CompletableFuture<Opening> ofTask(@PathVariable String id, HttpServletRequest request) {
    var parameters = Parameters.of(request, Set.of());
    var last = lastEventId(request, parameters);
    parameters.refuseFaults();
    return tasks.find(id).thenCompose(task -> reads.read(() -> opening(task.id(), last)));
  }

  private Opening opening(String id, @Nullable Long last) {
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

  private static @Nullable Long lastEventId(HttpServletRequest request, Parameters parameters) {
    var text = request.getHeader(LAST_EVENT_ID);
    if (text == null) {
      return null;
    }
    if (!text.matches("\\d{1,18}")) {
      parameters.fault(LAST_EVENT_ID, "must be the id of an event, which is a whole number");
      return null;
    }
    return Long.valueOf(text);
  }
}
