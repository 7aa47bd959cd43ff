package dev.warren.sender.queues;

import dev.warren.contract.TaskState;
import dev.warren.sender.consuming.QueueCounts;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.TaskQueries;
import dev.warren.sender.queues.ManagementApi.Figures;
import dev.warren.sender.queues.QueueLooks.Look;
import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/queues}: answers what it can, whoever of broker and ledger is away. */
@RestController
final class QueuesEndpoint {

  private final QueueLooks looks;
  private final TaskQueries tasks;
  private final LedgerReads ledger;

  QueuesEndpoint(QueueLooks looks, TaskQueries tasks, LedgerReads ledger) {
    this.looks = looks;
    this.tasks = tasks;
    this.ledger = ledger;
  }

  /** All there are, by name. */
  record Queues(List<QueueView> data) {}

  @GetMapping("/v1/queues")
  CompletableFuture<Queues> queues(HttpServletRequest request) {
    Parameters.of(request, Set.of()).refuseFaults();
    var counts =
        ledger.read(tasks::unfinishedByQueue).handle((all, away) -> Optional.ofNullable(all));
    return counts.thenCombine(
        looks.look(),
        (all, looked) -> new Queues(looked.stream().map(look -> view(look, all)).toList()));
  }

  private static QueueView view(Look look, Optional<Map<String, Map<TaskState, Long>>> ledger) {
    return view(
        look.key(),
        look.counts(),
        look.figures(),
        ledger.map(all -> all.getOrDefault(look.key(), Map.of())));
  }

  private static QueueView view(
      String key,
      Optional<QueueCounts> counts,
      Optional<Figures> figures,
      Optional<Map<TaskState, Long>> tasks) {
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
