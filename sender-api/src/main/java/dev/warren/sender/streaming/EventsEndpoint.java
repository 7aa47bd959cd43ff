package dev.warren.sender.streaming;

import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
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

  private final EventFeed feed;

  EventsEndpoint(EventFeed feed) {
    this.feed = feed;
  }

  @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  CompletableFuture<Opening> all(HttpServletRequest request) {
    var parameters = Parameters.of(request, EventFilter.PARAMETERS);
    var filter = EventFilter.of(parameters);
    var last = lastEventId(request, parameters);
    parameters.refuseFaults();
    return feed.opening(filter, last);
  }

  @GetMapping(path = "/v1/tasks/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  CompletableFuture<Opening> ofTask(@PathVariable String id, HttpServletRequest request) {
    var parameters = Parameters.of(request, Set.of());
    var last = lastEventId(request, parameters);
    parameters.refuseFaults();
    return feed.opening(EventFilter.ofTask(id), last);
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
