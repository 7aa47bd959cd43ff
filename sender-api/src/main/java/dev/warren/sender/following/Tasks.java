package dev.warren.sender.following;

import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Finds tasks; one that was accepted is found, even where the ledger has yet to hear of it. */
@Component
public final class Tasks {

  private static final Duration CATCH_UP = Duration.ofSeconds(2);

  private final TaskQueries queries;
  private final LedgerReads reads;
  private final CaughtUp ledger;
  private final Ends ends;

  Tasks(TaskQueries queries, LedgerReads reads, CaughtUp ledger, Ends ends) {
    this.queries = queries;
    this.reads = reads;
    this.ledger = ledger;
    this.ends = ends;
  }

  /**
   * The task, or {@link RequestRefused} with 404 where there is none, and 503 where it is not
   * known.
   */
  public CompletableFuture<TaskView> find(String id) {
    return find(id, queries::find);
  }

  /** What this answers of the task, by the same rule; it may block. */
  public <T> CompletableFuture<T> find(String id, Function<String, Optional<T>> query) {
    return look(id, query).thenApply(task -> task.orElseThrow(() -> notFound(id)));
  }

  /**
   * The task once it has ended, or as it is when the time is over. One that the ledger has yet to
   * hear of is waited for as long.
   */
  public CompletableFuture<TaskView> findEnded(String id, Duration atMost) {
    return findEnded(id, atMost, new CompletableFuture<>());
  }

  /**
   * The same.
   *
   * @param gone done where nobody waits any more: then the time is over
   */
  public CompletableFuture<TaskView> findEnded(
      String id, Duration atMost, CompletableFuture<Void> gone) {
    var until = System.nanoTime() + atMost.toNanos();
    return find(id)
        .thenApply(Optional::of)
        .exceptionallyCompose(Tasks::noneWhereBehind)
        .thenCompose(
            task ->
                task.filter(found -> found.state().isTerminal())
                    .map(CompletableFuture::completedFuture)
                    .orElseGet(() -> findWhenEnded(id, until, gone)));
  }

  private static CompletableFuture<Optional<TaskView>> noneWhereBehind(Throwable failure) {
    return RequestRefused.problemIn(failure)
        .filter(problem -> problem.type() == ProblemType.LEDGER_BEHIND)
        .map(problem -> CompletableFuture.completedFuture(Optional.<TaskView>empty()))
        .orElseGet(() -> CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<TaskView> findWhenEnded(
      String id, long until, CompletableFuture<Void> gone) {
    var ended = ended(id);
    gone.thenRun(() -> ended.complete(null));
    return ended
        .completeOnTimeout(null, until - System.nanoTime(), TimeUnit.NANOSECONDS)
        .thenCompose(nothing -> find(id));
  }

  /**
   * Done once the ledger knows that the task has ended, which may never be; to be completed by who
   * waits no longer.
   */
  public CompletableFuture<Void> ended(String id) {
    return ends.await(id);
  }

  /** Whether there is such a task; {@link RequestRefused} with 503 where it is not known. */
  public CompletableFuture<Boolean> isKnown(String id) {
    return look(id, queries::find).thenApply(Optional::isPresent);
  }

  /** Whether the ledger knows it by now. */
  public CompletableFuture<Boolean> isThere(String id) {
    return reads.read(() -> !queries.statesOf(List.of(id)).isEmpty());
  }

  private <T> CompletableFuture<Optional<T>> look(String id, Function<String, Optional<T>> query) {
    if (id.indexOf(0) >= 0) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return reads
        .read(() -> query.apply(id))
        .thenCompose(
            task ->
                task.isPresent()
                    ? CompletableFuture.completedFuture(task)
                    : lookWhenCaughtUp(id, query));
  }

  private <T> CompletableFuture<Optional<T>> lookWhenCaughtUp(
      String id, Function<String, Optional<T>> query) {
    return ledger
        .caughtUp(CATCH_UP)
        .thenCompose(
            caughtUp ->
                reads
                    .read(() -> query.apply(id))
                    .thenApply(
                        task -> {
                          if (task.isEmpty() && !caughtUp) {
                            throw behind();
                          }
                          return task;
                        }));
  }

  private static RequestRefused notFound(String id) {
    return new RequestRefused(
        Problem.of(
            ProblemType.NOT_FOUND,
            "There is no task " + id.replaceAll("\\p{Cntrl}", "?") + ", or no longer."));
  }

  private static RequestRefused behind() {
    return new RequestRefused(
        Problem.of(
                ProblemType.LEDGER_BEHIND,
                "The ledger does not know this task, and has not caught up with what was accepted;"
                    + " ask again after Retry-After seconds.")
            .withHeader(HttpHeaders.RETRY_AFTER, "1"));
  }
}
