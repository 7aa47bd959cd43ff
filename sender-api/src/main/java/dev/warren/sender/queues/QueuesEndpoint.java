package dev.warren.sender.queues;

import dev.warren.contract.TaskState;
import dev.warren.sender.consuming.QueueCounts;
import dev.warren.sender.control.Downlink;
import dev.warren.sender.control.QueuePauses;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.TaskQueries;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.PublishingProperties;
import dev.warren.sender.queues.ManagementApi.Figures;
import dev.warren.sender.queues.QueueLooks.Look;
import dev.warren.sender.requests.Nearest;
import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /v1/queues}: answers what it can, whoever of broker and ledger is away. {@code POST
 * /v1/queues/{queue}/pause} and {@code /resume} need the ledger.
 */
@RestController
final class QueuesEndpoint {

  private final PublishingProperties publishing;
  private final QueueLooks looks;
  private final TaskQueries tasks;
  private final QueuePauses pauses;
  private final Downlink downlink;
  private final LedgerReads ledger;

  QueuesEndpoint(
      PublishingProperties publishing,
      QueueLooks looks,
      TaskQueries tasks,
      QueuePauses pauses,
      Downlink downlink,
      LedgerReads ledger) {
    this.publishing = publishing;
    this.looks = looks;
    this.tasks = tasks;
    this.pauses = pauses;
    this.downlink = downlink;
    this.ledger = ledger;
  }

  /** All there are, by name. */
  record Queues(List<QueueView> data) {}

  /** What the ledger knows of all queues. */
  private record Known(Map<String, Map<TaskState, Long>> tasks, Set<String> paused) {}

  @GetMapping("/v1/queues")
  CompletableFuture<Queues> queues(HttpServletRequest request) {
    Parameters.of(request, Set.of()).refuseFaults();
    return known()
        .thenCombine(
            looks.look(),
            (known, looked) -> new Queues(looked.stream().map(look -> view(look, known)).toList()));
  }

  @PostMapping("/v1/queues/{queue}/pause")
  CompletableFuture<QueueView> pause(@PathVariable String queue) {
    return change(queue, pauses::pause);
  }

  @PostMapping("/v1/queues/{queue}/resume")
  CompletableFuture<QueueView> resume(@PathVariable String queue) {
    return change(queue, pauses::resume);
  }

  private CompletableFuture<QueueView> change(String queue, Consumer<String> change) {
    if (!publishing.queues().contains(queue)) {
      var shown = queue.substring(0, Math.min(queue.length(), 63)).replaceAll("\\p{Cntrl}", "?");
      throw new RequestRefused(
          Problem.of(
              ProblemType.UNKNOWN_QUEUE,
              "There is no queue %s; the nearest: %s."
                  .formatted(shown, Nearest.to(shown, publishing.queues()))));
    }
    return ledger
        .work(
            () -> {
              change.accept(queue);
              downlink.queuesChanged();
              return queue;
            })
        .thenCompose(this::one);
  }

  /** What was asked for is done, whatever the broker can say of the queue. */
  private CompletableFuture<QueueView> one(String queue) {
    var look =
        looks
            .look()
            .thenApply(
                all ->
                    all.stream().filter(each -> each.key().equals(queue)).findFirst().orElseThrow())
            .exceptionally(away -> new Look(queue, Optional.empty(), Optional.empty()));
    return known().thenCombine(look, (known, looked) -> view(looked, known));
  }

  private CompletableFuture<Optional<Known>> known() {
    return ledger
        .read(() -> new Known(tasks.unfinishedByQueue(), pauses.paused()))
        .handle((known, away) -> Optional.ofNullable(known));
  }

  private static QueueView view(Look look, Optional<Known> ledger) {
    return view(
        look.key(),
        look.counts(),
        look.figures(),
        ledger.map(known -> known.tasks.getOrDefault(look.key(), Map.of())),
        ledger.map(known -> known.paused.contains(look.key())));
  }

  private static QueueView view(
      String key,
      Optional<QueueCounts> counts,
      Optional<Figures> figures,
      Optional<Map<TaskState, Long>> tasks,
      Optional<Boolean> paused) {
    return new QueueView(
        key,
        counts.map(QueueCounts::ready).orElse(null),
        counts.map(QueueCounts::consumers).orElse(null),
        figures.map(Figures::unacknowledged).orElse(null),
        figures.map(Figures::rateIn).orElse(null),
        figures.map(Figures::rateOut).orElse(null),
        tasks.map(each -> each.getOrDefault(TaskState.SCHEDULED, 0L)).orElse(null),
        tasks.map(each -> each.getOrDefault(TaskState.RETRY_WAIT, 0L)).orElse(null),
        tasks.map(each -> each.getOrDefault(TaskState.RUNNING, 0L)).orElse(null),
        paused.orElse(null),
        note(counts.isEmpty(), figures.isEmpty(), tasks.isEmpty()));
  }

  private static @Nullable String note(boolean noBroker, boolean noManagement, boolean noLedger) {
    var missing = new ArrayList<String>();
    if (noBroker) {
      missing.add("The broker does not answer, or has no such queue.");
    }
    if (noManagement) {
      missing.add("The broker's management API does not answer; see RABBITMQ_MANAGEMENT_URL.");
    }
    if (noLedger) {
      missing.add("The ledger does not answer.");
    }
    return missing.isEmpty() ? null : String.join(" ", missing);
  }
}
