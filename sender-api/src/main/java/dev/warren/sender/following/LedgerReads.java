package dev.warren.sender.following;

import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Runs what asks the ledger's database, on a few threads of its own and for a bounded time: a
 * database that hangs makes an answer of 503, and no more than these threads hang with it.
 */
@Component
public final class LedgerReads implements DisposableBean {

  /** A third of the database's connections: the ledger itself needs the others. */
  private static final int THREADS = 4;

  private static final int MAX_WAITING = 1000;

  /** Every request that does not ask to wait is answered in 5 s. */
  private static final Duration TIMEOUT = Duration.ofMillis(4500);

  private static final Duration WORK_TIMEOUT = Duration.ofSeconds(60);

  private final ExecutorService threads = threads();
  private final LedgerDatabase database;

  LedgerReads(LedgerDatabase database) {
    this.database = database;
  }

  private static ThreadPoolExecutor threads() {
    var queue = new ArrayBlockingQueue<Runnable>(MAX_WAITING);
    return new ThreadPoolExecutor(
        THREADS, THREADS, 0, TimeUnit.SECONDS, queue, task -> new Thread(task, "ledger-reads"));
  }

  /** The answer, or {@link RequestRefused} with {@code 503}. */
  public <T> CompletableFuture<T> read(Supplier<T> question) {
    return within(TIMEOUT, question);
  }

  /** The same of what changes tasks, may take longer, and outlives the power once answered. */
  public <T> CompletableFuture<T> work(Supplier<T> work) {
    return within(
        WORK_TIMEOUT,
        () -> {
          var done = work.get();
          database.flush();
          return done;
        });
  }

  private <T> CompletableFuture<T> within(Duration timeout, Supplier<T> question) {
    try {
      return CompletableFuture.supplyAsync(question, threads)
          .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionallyCompose(
              failure ->
                  CompletableFuture.failedFuture(
                      failure instanceof TimeoutException ? unavailable() : failure));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(unavailable());
    }
  }

  private static RequestRefused unavailable() {
    return new RequestRefused(
        Problem.of(
                ProblemType.LEDGER_UNAVAILABLE,
                "The ledger's database does not answer in time. Tasks are taken and done all the"
                    + " same; ask again after Retry-After seconds.")
            .withHeader(HttpHeaders.RETRY_AFTER, "5"));
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
