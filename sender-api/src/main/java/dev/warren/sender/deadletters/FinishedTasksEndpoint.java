package dev.warren.sender.deadletters;

import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/tasks/{id}/replay} and {@code DELETE /v1/tasks/{id}}. */
@RestController
final class FinishedTasksEndpoint {

  private final Tasks tasks;
  private final LedgerReads ledger;
  private final Replays replays;
  private final Erasures erasures;

  FinishedTasksEndpoint(Tasks tasks, LedgerReads ledger, Replays replays, Erasures erasures) {
    this.tasks = tasks;
    this.ledger = ledger;
    this.replays = replays;
    this.erasures = erasures;
  }

  @PostMapping("/v1/tasks/{id}/replay")
  CompletableFuture<ResponseEntity<TaskView>> replay(@PathVariable String id) {
    return tasks
        .find(id)
        .thenCompose(found -> ledger.work(() -> replays.replay(id)))
        .thenAccept(FinishedTasksEndpoint::check)
        .thenCompose(done -> tasks.find(id))
        .thenApply(task -> ResponseEntity.accepted().body(task));
  }

  private static void check(Replays.Outcome outcome) {
    switch (outcome) {
      case REPLAYED -> {}
      case NOT_FOUND -> throw gone();
      case NOT_DEAD ->
          throw refused(ProblemType.NOT_DEAD, "Look at its state; only DEAD tasks are replayed.");
      case ERASED ->
          throw refused(ProblemType.ERASED, "There is nothing left to replay; send a new task.");
    }
  }

  @DeleteMapping("/v1/tasks/{id}")
  CompletableFuture<ResponseEntity<Void>> erase(@PathVariable String id) {
    return tasks
        .find(id)
        .thenCompose(found -> ledger.work(() -> erasures.erase(id)))
        .thenAccept(FinishedTasksEndpoint::check)
        .thenApply(done -> ResponseEntity.noContent().build());
  }

  private static void check(Erasures.Outcome outcome) {
    switch (outcome) {
      case ERASED -> {}
      case NOT_FOUND -> throw gone();
      case NOT_FINISHED ->
          throw refused(ProblemType.NOT_FINISHED, "Wait for its end, then erase it.");
    }
  }

  private static RequestRefused gone() {
    return refused(ProblemType.NOT_FOUND, "The task is no longer there.");
  }

  private static RequestRefused refused(ProblemType type, String detail) {
    return new RequestRefused(Problem.of(type, detail));
  }
}
