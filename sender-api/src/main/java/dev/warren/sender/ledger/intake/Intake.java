package dev.warren.sender.ledger.intake;

import dev.warren.contract.WireMessage;
import dev.warren.sender.consuming.Delivery;
import dev.warren.sender.consuming.QueueReader;
import dev.warren.sender.ledger.database.DatabaseAway;
import dev.warren.sender.ledger.database.LedgerDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Feeds the ledger from one queue, batch by batch: committed first, acknowledged then. While the
 * database is away nothing is taken, so that all of it waits in the queue.
 */
final class Intake implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private static final Duration IDLE = Duration.ofMillis(500);
  private static final long FILL_NANOS = Duration.ofMillis(20).toNanos();
  private static final Duration REST = Duration.ofSeconds(1);
  private static final long STOP_MILLIS = 3000;

  private final QueueReader reader;
  private final Ledger ledger;
  private final LedgerDatabase database;
  private final int batchSize;
  private final Pace pace;
  private final BooleanSupplier givesWay;
  private @Nullable Object session;
  private final Thread thread;
  private volatile boolean running;

  /** What reads the queue and what its messages mean. */
  interface Ledger {
    /**
     * Applies a batch; what cannot be read never fails it.
     *
     * @throws DatabaseAway with nothing applied that must not be applied again
     */
    void apply(List<WireMessage> batch) throws DatabaseAway, InterruptedException;

    /** Nothing came for a while: there is nothing, or another replica reads it. */
    default void idle() {}
  }

  /**
   * @param reader opened with {@link Pace#CAREFUL}
   * @param batchSize also what is pushed at most
   * @param givesWay whether there is more urgent work: then it takes a batch a second only
   */
  Intake(
      String name,
      QueueReader reader,
      Ledger ledger,
      LedgerDatabase database,
      int batchSize,
      BooleanSupplier givesWay) {
    this.reader = reader;
    this.ledger = ledger;
    this.database = database;
    this.batchSize = batchSize;
    this.pace = new Pace(batchSize);
    this.givesWay = givesWay;
    this.thread = new Thread(this::run, name);
  }

  private void run() {
    try {
      while (running) {
        try {
          takeBatch();
        } catch (RuntimeException | Error e) {
          log.error("the ledger's intake failed, and goes on", e);
          reader.pause();
          Thread.sleep(IDLE.toMillis());
        }
      }
    } catch (InterruptedException e) {
      log.debug("stopped");
    } finally {
      reader.close();
    }
  }

  private void takeBatch() throws InterruptedException {
    if (!database.isUsable()) {
      reader.pause();
      Thread.sleep(IDLE.toMillis());
      return;
    }
    var batch = nextBatch();
    if (batch.isEmpty()) {
      ledger.idle();
      return;
    }
    try {
      ledger.apply(batch.stream().map(Delivery::message).toList());
      if (reader.acknowledgeUpTo(batch.get(batch.size() - 1))) {
        adaptTo(batch);
      }
    } catch (DatabaseAway e) {
      database.failed(e);
      reader.pause();
    }
    if (givesWay.getAsBoolean() && reader.prefetch() > Pace.CAREFUL) {
      Thread.sleep(REST.toMillis());
    }
  }

  private List<Delivery> nextBatch() throws InterruptedException {
    var batch = new ArrayList<Delivery>();
    var next = reader.next(IDLE);
    var until = System.nanoTime() + FILL_NANOS;
    var most = Math.min(batchSize, reader.prefetch());
    var bytes = 0L;
    while (next != null && running) {
      batch.add(next);
      bytes += next.message().body().length;
      next = batch.size() < most && bytes < Pace.MAX_BATCH_BYTES ? nextUntil(until) : null;
    }
    return batch;
  }

  private void adaptTo(List<Delivery> batch) {
    var last = batch.get(batch.size() - 1).session();
    if (last != session && reader.prefetch() <= Pace.CAREFUL) {
      pace.restart();
    }
    session = last;
    var bytes = batch.stream().mapToLong(each -> each.message().body().length).sum();
    var prefetch = pace.after(reader.prefetch(), batch.size(), bytes);
    if (prefetch != reader.prefetch()) {
      reader.reopen(prefetch);
    }
  }

  private @Nullable Delivery nextUntil(long nanos) throws InterruptedException {
    var left = Math.max(0, nanos - System.nanoTime());
    return reader.nextOfSame(Duration.ofNanos(left));
  }

  @Override
  public void start() {
    running = true;
    thread.start();
  }

  @Override
  public void stop() {
    running = false;
    try {
      thread.join(STOP_MILLIS); // the batch in hand, else it is done again by another
      thread.interrupt();
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Above the connections it uses, which so outlive it. */
  @Override
  public int getPhase() {
    return 10;
  }
}
