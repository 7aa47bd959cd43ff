package dev.warren.worker.execution;

import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.worker.reporting.LogText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
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
  private final Set<Attempt> abandoned = ConcurrentHashMap.newKeySet();

  public Attempts(String worker, Clock clock) {
    this.worker = worker;
    this.clock = clock;
  }

  /** How many handlers go on after their deadline and do not hear their interrupt. */
  public int abandoned() {
    abandoned.removeIf(Attempt::hasEnded);
    return abandoned.size();
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
    try {
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
    } catch (ExecutionException e) {
      failure = Failures.of(e.getCause() == null ? e : e.getCause());
    } catch (Error e) { // no thread to be had, for one
      failure = Failures.of(e);
    }
    return new AttemptEnd(startedAt, Duration.ofNanos(System.nanoTime() - start), result, failure);
  }

  private static boolean isOver(
      Attempt attempt, Duration timeout, Instant startedAt, AttemptListener listener)
      throws InterruptedException {
    var moment = timeout.compareTo(MOMENT) < 0 ? timeout : MOMENT;
    if (attempt.endsWithin(moment)) {
      return true;
    }
    listener.running(startedAt);
    return attempt.endsWithin(timeout.minus(moment));
  }

  private void abandonUnlessEnded(Attempt attempt) throws InterruptedException {
    if (!attempt.endsWithin(GRACE)) {
      abandoned.add(attempt);
      log.error(
          "{} abandoned {}: its handler goes on after its deadline, deaf to its interrupt, at {}",
          worker,
          LogText.of(attempt.id()),
          attempt.place());
    }
  }

  private Thread thread(Runnable work) {
    var thread = new Thread(work, "task-" + threads.incrementAndGet());
    thread.setDaemon(true); // one that was abandoned must not keep the process
    return thread;
  }
}
