package dev.warren.worker.execution;

import dev.warren.contract.TaskEvent.Progress;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TraceParent;
import dev.warren.worker.handlers.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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

  private final TaskMessage task;
  private final Instant deadline;
  private final AttemptListener listener;
  private final FutureTask<byte[]> work;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong lastProgress = new AtomicLong(System.nanoTime() - PROGRESS_EVERY);
  private final @Nullable Map<String, String> logged = MDC.getCopyOfContextMap();
  private volatile @Nullable Thread thread;

  Attempt(Work<?, ?> work, TaskMessage task, Instant deadline, AttemptListener listener) {
    this.task = task;
    this.deadline = deadline;
    this.listener = listener;
    this.work = new FutureTask<>(() -> work.execute(this));
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    if (logged != null) {
      MDC.setContextMap(logged);
    }
    try {
      work.run();
    } finally {
      MDC.clear();
      thread = null;
      ended.countDown();
    }
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

  /** The result of one that has ended. */
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
    return work.isCancelled();
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
