package dev.warren.sender.following;

import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/tasks} and {@code GET /v1/tasks/{id}}. */
@RestController
final class TasksEndpoint {

  private static final int MAX_WAIT_SECONDS = 60;
  private static final Set<String> KNOWN =
      Stream.of(TaskFilter.PARAMETERS, PageRequest.PARAMETERS, Set.of("state"))
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private final Tasks tasks;
  private final TaskQueries queries;
  private final LedgerReads reads;

  TasksEndpoint(Tasks tasks, TaskQueries queries, LedgerReads reads) {
    this.tasks = tasks;
    this.queries = queries;
    this.reads = reads;
  }

  @GetMapping("/v1/tasks/{id}")
  CompletableFuture<TaskView> one(@PathVariable String id, HttpServletRequest request) {
    var parameters = Parameters.of(request, Set.of("wait"));
    var wait = parameters.whole("wait", 0, MAX_WAIT_SECONDS, 0);
    parameters.refuseFaults();
    return wait == 0 ? tasks.find(id) : tasks.findEnded(id, Duration.ofSeconds(wait));
  }

  @GetMapping("/v1/tasks")
  CompletableFuture<TaskPage> many(HttpServletRequest request) {
    var parameters = Parameters.of(request, KNOWN);
    var filter = TaskFilter.of(parameters);
    var page = PageRequest.of(parameters);
    parameters.refuseFaults();
    return reads.read(() -> queries.list(filter, page));
  }
}
