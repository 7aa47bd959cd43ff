package dev.warren.sender.explaining;

import dev.warren.contract.TaskState;
import dev.warren.sender.control.QueuePauses;
import dev.warren.sender.explaining.QueueSights.Sight;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.requests.Parameters;
import dev.warren.sender.workers.Workers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/tasks/{id}/explain}: asks the ledger, the broker and the workers. */
@RestController
final class ExplainEndpoint {

  private final Tasks tasks;
  private final TaskPlaces places;
  private final LedgerReads ledger;
  private final QueueSights sights;
  private final TaskPublisher publisher;
  private final PublishingProperties publishing;
  private final Workers workers;
  private final QueuePauses pauses;

  ExplainEndpoint(
      Tasks tasks,
      TaskPlaces places,
      LedgerReads ledger,
      QueueSights sights,
      TaskPublisher publisher,
      PublishingProperties publishing,
      Workers workers,
      QueuePauses pauses) {
    this.tasks = tasks;
    this.places = places;
    this.ledger = ledger;
    this.sights = sights;
    this.publisher = publisher;
    this.publishing = publishing;
    this.workers = workers;
    this.pauses = pauses;
  }

  @GetMapping("/v1/tasks/{id}/explain")
  CompletableFuture<Explanation> explain(@PathVariable String id, HttpServletRequest request) {
    Parameters.of(request, Set.of()).refuseFaults();
    return tasks.find(id, places::find).thenCompose(this::explain);
  }

  /** The ledger first: what happens meanwhile is then seen at the broker. */
  private CompletableFuture<Explanation> explain(TaskFacts task) {
    if (!task.isAtBroker()) {
      return CompletableFuture.completedFuture(explanation(task, null, null, false));
    }
    return sights
        .look(task.queue())
        .thenCompose(sight -> ledger.read(() -> explanation(task, sight)));
  }

  private Explanation explanation(TaskFacts task, Sight sight) {
    var ahead =
        task.state() == TaskState.QUEUED ? (Long) places.ahead(task, sight.byPriority()) : null;
    return explanation(task, sight, ahead, pauses.paused().contains(task.queue()));
  }

  private Explanation explanation(
      TaskFacts task, @Nullable Sight sight, @Nullable Long ahead, boolean isPaused) {
    return Explanation.of(
        new Facts(
            task,
            sight,
            ahead,
            isPaused,
            publishing.queues().contains(task.queue()),
            publisher.alarm(),
            publisher.obstacle(),
            workers.known()));
  }
}
