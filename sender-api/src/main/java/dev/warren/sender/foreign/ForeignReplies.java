package dev.warren.sender.foreign;

import dev.warren.sender.ledger.RepliesDue;
import dev.warren.sender.ledger.TaskRows;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Answers foreign callers whose task has ended, one after the other, on a thread of its own: the
 * ledger only leaves the ids, and goes on.
 */
final class ForeignReplies implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ForeignReplies.class);

  private static final String ENDED =
      "SELECT "
          + ForeignReply.COLUMNS
          + " FROM task WHERE id = :id AND reply_to IS NOT NULL AND NOT erased AND state IN "
          + TaskRows.TERMINAL;

  private static final long POLL_MILLIS = 500;
  private static final long STOP_MILLIS = 2000;

  private final JdbcClient database;
  private final ReplyConnection connection;
  private final Drop.Counters drops;
  private final BlockingQueue<String> waiting;
  private @Nullable Thread thread;
  private volatile boolean running;

  ForeignReplies(
      JdbcClient database,
      ReplyConnection connection,
      Drop.Counters drops,
      ForeignProperties properties) {
    this.database = database;
    this.connection = connection;
    this.drops = drops;
    this.waiting = new LinkedBlockingQueue<>(properties.maxWaiting());
  }

  /** Returns at once. */
  @TransactionalEventListener
  void due(RepliesDue due) {
    due.taskIds().forEach(this::answerLater);
  }

  private void answerLater(String id) {
    if (!waiting.offer(id)) {
      drops.count(Drop.OVERFLOW, 1);
    }
  }

  private void run() {
    try (connection) {
      while (running || !waiting.isEmpty()) {
        var id = waiting.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (id != null) {
          answer(id);
        }
      }
    } catch (InterruptedException e) {
      log.warn("stopped: {} foreign callers are not answered", waiting.size());
    }
  }

  private void answer(String id) throws InterruptedException {
    try {
      var reply = read(id);
      if (reply.isPresent()) {
        connection.send(reply.get());
      }
    } catch (IOException | DataAccessException e) { // the broker or the database is away
      log.debug("task {} is answered later", id, e);
      answerLater(id);
      Thread.sleep(POLL_MILLIS);
    } catch (RuntimeException | Error e) { // the thread must live on
      log.error("a reply was not sent", e);
      drops.count(Drop.LOST, 1);
    }
  }

  /** Empty where someone has had it done again, or erased it, meanwhile. */
  private Optional<ForeignReply> read(String id) {
    return database
        .sql(ENDED)
        .param("id", id)
        .query((row, number) -> ForeignReply.of(row))
        .optional();
  }

  @Override
  public void start() {
    running = true;
    var fresh = new Thread(this::run, "foreign-replies");
    thread = fresh;
    fresh.start();
  }

  /** What waits is sent first, where that takes no longer than a moment. */
  @Override
  public void stop() {
    running = false;
    var current = thread;
    if (current == null) {
      return;
    }
    try {
      current.join(STOP_MILLIS);
      current.interrupt();
      current.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Below the ledger's intake, whose last batch may still end a task. */
  @Override
  public int getPhase() {
    return 5;
  }
}
