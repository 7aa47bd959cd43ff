package dev.warren.sender.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/workers}. */
@RestController
final class WorkersEndpoint {

  /** After it everybody has spoken who is there. */
  private static final Duration ROUND = Duration.ofSeconds(6);

  private final Workers workers;
  private final Clock clock = Clock.systemUTC();

  WorkersEndpoint(Workers workers) {
    this.workers = workers;
  }

  /**
   * All that this replica has heard of.
   *
   * @param listeningSince null while it cannot hear
   * @param note why there may be others; left out where there are not
   */
  record Answer(
      List<WorkerView> data,
      @Nullable Instant listeningSince,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String note) {}

  @GetMapping("/v1/workers")
  Answer workers(HttpServletRequest request) {
    Parameters.of(request, Set.of()).refuseFaults();
    var known = workers.known();
    return new Answer(known.all(), known.listeningSince(), note(known.listeningSince()));
  }

  private @Nullable String note(@Nullable Instant listeningSince) {
    if (listeningSince == null) {
      return "The broker brings no word of workers now; these are those heard of before.";
    }
    return listeningSince.plus(ROUND).isAfter(clock.instant())
        ? "This replica listens only since a moment ago; workers speak every 5 s, so there may be more."
        : null;
  }
}
