package dev.warren.sender.control;

import dev.warren.contract.TaskState;
import dev.warren.sender.following.Cursor;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.PageRequest;
import dev.warren.sender.following.TaskQueries;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.BodyFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/tasks/{id}/cancel}, and {@code POST /v1/tasks/cancel} for many. */
@RestController
final class CancelEndpoint {

  static final String FILTER_PATH = "/v1/tasks/cancel";

  /**
   * What was said before the request is to be heard first: else a task that has ended already would
   * be CANCELLED. Without a broker nothing more is heard, and the request is not held up for it.
   */
  private static final Duration CATCH_UP = Duration.ofSeconds(2);

  private static final int SHOWN_IDS = 20;
  private static final int CHUNK = 500;

  private final Tasks tasks;
  private final TaskQueries queries;
  private final LedgerReads reads;
  private final CaughtUp ledger;
  private final Cancellations cancellations;

  CancelEndpoint(
      Tasks tasks,
      TaskQueries queries,
      LedgerReads reads,
      CaughtUp ledger,
      Cancellations cancellations) {
    this.tasks = tasks;
    this.queries = queries;
    this.reads = reads;
    this.ledger = ledger;
    this.cancellations = cancellations;
  }

  /**
   * What was done to many.
   *
   * @param running those of them that a worker is at, which is told; the others are CANCELLED
   * @param ids the first of them, the newest
   * @param dryRun true where nothing was done
   */
  record Done(long count, long running, List<String> ids, boolean dryRun) {}

  @PostMapping("/v1/tasks/{id}/cancel")
  CompletableFuture<ResponseEntity<TaskView>> cancel(@PathVariable String id) {
    return tasks
        .find(id)
        .thenCompose(found -> ledger.caughtUp(CATCH_UP))
        .thenCompose(caughtUp -> reads.work(() -> cancellations.cancel(List.of(id))))
        .thenCompose(asked -> tasks.find(id).thenApply(task -> answer(task, asked.isEmpty())));
  }

  private static ResponseEntity<TaskView> answer(TaskView task, boolean hadEnded) {
    if (hadEnded) {
      throw new RequestRefused(
          Problem.of(
              ProblemType.ALREADY_FINISHED,
              "The task is " + task.state() + "; only what has not ended is cancelled."));
    }
    return task.state().isTerminal()
        ? ResponseEntity.ok(task)
        : ResponseEntity.accepted().body(task);
  }

  @PostMapping(FILTER_PATH)
  CompletableFuture<Done> cancelMany(HttpServletRequest request) {
    var order = CancelRequest.parse(BodyFilter.bodyOf(request));
    return ledger.caughtUp(CATCH_UP).thenCompose(caughtUp -> reads.work(() -> cancelMany(order)));
  }

  /** From the newest on, so that what is sent meanwhile makes no end of it. */
  private Done cancelMany(CancelRequest order) {
    var count = 0L;
    var running = 0L;
    var shown = new ArrayList<String>();
    @Nullable Cursor cursor = null;
    List<TaskView> page;
    do {
      page = queries.list(order.filter(), new PageRequest(cursor, CHUNK, false)).data();
      var found = order.dryRun() ? dryRun(page) : cancel(page);
      count += found.size();
      running += found.stream().filter(each -> each.state() == TaskState.RUNNING).count();
      found.stream().limit(SHOWN_IDS - shown.size()).forEach(each -> shown.add(each.id()));
      if (!page.isEmpty()) {
        var last = page.get(page.size() - 1);
        cursor = new Cursor(last.createdAt(), last.id());
      }
    } while (page.size() == CHUNK);
    return new Done(count, running, shown, order.dryRun());
  }

  private static List<Cancellations.Asked> dryRun(List<TaskView> page) {
    return page.stream()
        .map(task -> new Cancellations.Asked(task.id(), task.state(), false))
        .toList();
  }

  private List<Cancellations.Asked> cancel(List<TaskView> page) {
    return cancellations.cancel(page.stream().map(TaskView::id).toList());
  }
}
