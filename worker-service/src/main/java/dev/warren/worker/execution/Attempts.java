package dev.warren.worker.execution;

import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.worker.reporting.LogText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes attempts, each on a thread of its own, so that whoever waits for one can leave at the
 * deadline whatever the handler does.
 */
public final class Attempts {

  private static final Logger log = LoggerFactory.getLogger(Attempts.class);

  /** What is shorter says all in its outcome, and spares the ledger a third of its work. */
  private static final Duration MOMENT = Duration.ofMillis(100);

  /** How long a handler may take to end once it was interrupted. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final byte[] NO_RESULT = {};

  private final String worker;
  private final Clock clock;
  private final AtomicInteger threads = new AtomicInteger();
  private final ExecutorService executor = Executors.newCachedThreadPool(this::thread);
  private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
  private final Set<Attempt> abandoned = ConcurrentHashMap.newKeySet();
  private final CancelledTasks cancelled = new CancelledTasks();

  public Attempts(String worker, Clock clock) {
    this.worker = worker;
    this.clock = clock;
  }

  /** How many handlers go on after their end and do not hear their interrupt. */
  public int abandoned() {
    abandoned.removeIf(Attempt::hasEnded);
    return abandoned.size();
  }

  /**
   * Has these tasks run no more; attempts at them are interrupted.
   *
   * @param ids the newest last
   */
  public void cancel(Collection<String> ids) {
    cancelled.add(ids);
    var all = Set.copyOf(ids);
    running.stream().filter(each -> all.contains(each.id())).forEach(Attempt::interrupt);
  }

  /** Whether this task is not to be run. */
  public boolean isCancelled(String id) {
    return cancelled.contains(id);
  }

  /**
   * Makes one, and answers at its end or at its deadline.
   *
   * @throws InterruptedException where this worker must stop; the attempt is interrupted too
   */
  public AttemptEnd make(Work<?, ?> work, TaskMessage task, AttemptListener listener)
      throws InterruptedException {
    var timeout = task.options().effectiveTimeout();
    var startedAt = clock.instant();
    var start = System.nanoTime();
    var attempt = new Attempt(work, task, startedAt.plus(timeout), listener);
    byte[] result = NO_RESULT;
    @Nullable TaskFailure failure = null;
    running.add(attempt);
    try {
      if (isCancelled(task.id())) { // said before it could be heard of among the running
        attempt.interrupt();
      }
      executor.execute(attempt);
      if (isOver(attempt, timeout, startedAt, listener) || !attempt.cancel()) {
        result = attempt.result();
      } else {
        failure = Failures.timeout(timeout);
        abandonUnlessEnded(attempt);
      }
    } catch (InterruptedException e) {
      attempt.cancel();
      throw e;
    } catch (CancellationException e) {
      failure = Failures.of(e);
    } catch (ExecutionException e) {
      failure = Failures.of(e.getCause() == null ? e : e.getCause());
    } catch (Error e) { // no thread to be had, for one
      failure = Failures.of(e);
    } finally {
      running.remove(attempt);
    }
    var took = Duration.ofNanos(System.nanoTime() - start);
    return failure != null && attempt.isUnwanted()
        ? new AttemptEnd(startedAt, took, NO_RESULT, null, true)
        : new AttemptEnd(startedAt, took, result, failure, false);
  }

  private static boolean isOver(
      Attempt attempt, Duration timeout, Instant startedAt, AttemptListener listener)
      throws InterruptedException {
    var moment = timeout.compareTo(MOMENT) < 0 ? timeout : MOMENT;
    if (attempt.settlesWithin(moment)) {
      return true;
    }
    if (attempt.isUnwanted()) {
      return false;
    }
    listener.running(startedAt);
    return attempt.settlesWithin(timeout.minus(moment));
  }

  private void abandonUnlessEnded(Attempt attempt) throws InterruptedException {
    if (!attempt.endsWithin(GRACE)) {
      abandoned.add(attempt);
      log.error(
          "{} abandoned {}: its handler goes on after its {}, deaf to its interrupt, at {}",
          worker,
          LogText.of(attempt.id()),
          attempt.isUnwanted() ? "cancellation" : "deadline",
          attempt.place());
    }
  }

  private Thread thread(Runnable work) {
    var thread = new Thread(work, "task-" + threads.incrementAndGet());
    thread.setDaemon(true); // one that was abandoned must not keep the process
    return thread;
  }
}
