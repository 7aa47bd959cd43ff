package dev.warren.worker.execution;

import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TraceParent;
import dev.warren.worker.handlers.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** One attempt of a task, on a thread of its own. */
final class Attempt implements Runnable, TaskContext {

  private static final long PROGRESS_EVERY = TimeUnit.SECONDS.toNanos(1);

  /** How long a handler may take to put things in order once its task is cancelled. */
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(4);

  private final TaskMessage task;
  private final Instant deadline;
  private final AttemptListener listener;
  private final FutureTask<byte[]> work;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** It has ended, or is to end. */
  private final CountDownLatch changed = new CountDownLatch(1);

  private final AtomicLong lastProgress = new AtomicLong(System.nanoTime() - PROGRESS_EVERY);
  private final @Nullable Map<String, String> logged = MDC.getCopyOfContextMap();
  private volatile @Nullable Thread thread;
  private volatile boolean unwanted;

  Attempt(Work<?, ?> work, TaskMessage task, Instant deadline, AttemptListener listener) {
    this.task = task;
    this.deadline = deadline;
    this.listener = listener;
    this.work = new FutureTask<>(() -> work.execute(this));
  }

  @Override
  public void run() {
    begin();
    try {
      if (unwanted) {
        work.cancel(false);
      } else {
        work.run();
      }
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    thread = Thread.currentThread();
    if (logged != null) {
      MDC.setContextMap(logged);
    }
  }

  /** Behind it the thread is another's: no interrupt may come late. */
  private void end() {
    MDC.clear();
    synchronized (this) {
      thread = null;
    }
    ended.countDown();
    changed.countDown();
  }

  /** Nobody wants it any more; whether it ends all the same with a result is its own affair. */
  void interrupt() {
    synchronized (this) {
      unwanted = true;
      if (thread != null) {
        thread.interrupt();
      }
    }
    changed.countDown();
  }

  boolean isUnwanted() {
    return unwanted;
  }

  /** Whether it ends within this time, and soon where nobody wants it any more. */
  boolean settlesWithin(Duration limit) throws InterruptedException {
    changed.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    return hasEnded() || (unwanted && endsWithin(CANCEL_GRACE));
  }

  boolean endsWithin(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /** Interrupts it; false where it came to its end just now. */
  boolean cancel() {
    return work.cancel(true);
  }

  /**
   * The result of one that has ended.
   *
   * @throws CancellationException where it never began
   */
  byte[] result() throws InterruptedException, ExecutionException {
    return work.get();
  }

  /** Where it is, for whoever must find out why it does not end. */
  String place() {
    var running = thread;
    var trace = running == null ? new StackTraceElement[0] : running.getStackTrace();
    return trace.length == 0 ? "its end" : trace[0].toString();
  }

  @Override
  public String id() {
    return task.id();
  }

  @Override
  public int attempt() {
    return task.execution().attempt();
  }

  @Override
  public Instant deadline() {
    return deadline;
  }

  @Override
  public @Nullable TraceParent trace() {
    return task.trace();
  }

  @Override
  public boolean isCancelled() {
    return unwanted || work.isCancelled();
  }

  @Override
  public void progress(int percent, @Nullable String note) {
    var now = System.nanoTime();
    var last = lastProgress.get();
    if (!work.isDone() && now - last >= PROGRESS_EVERY && lastProgress.compareAndSet(last, now)) {
      listener.progressed(new Progress(Math.max(0, Math.min(100, percent)), note));
    }
  }
}
