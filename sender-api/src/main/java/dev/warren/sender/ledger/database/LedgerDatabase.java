package dev.warren.sender.ledger.database;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Whether the ledger's database can be used: it is migrated as soon as it is there, since the
 * application starts without it, and looked at until it is back when it has gone.
 */
public final class LedgerDatabase implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(LedgerDatabase.class);

  private static final long LOOK_MILLIS = 500;

  private final Flyway flyway;
  private final JdbcTemplate database;
  private final boolean needsFlush;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "ledger-database"));
  private volatile boolean running;
  private volatile @Nullable String obstacle = "the ledger's database is not prepared yet";
  private boolean migrated;
  private @Nullable String reported;

  /**
   * @param needsFlush whether it is H2, which writes its commits to its file but never makes the
   *     file outlive the power
   */
  LedgerDatabase(Flyway flyway, JdbcTemplate database, boolean needsFlush) {
    this.flyway = flyway;
    this.database = database;
    this.needsFlush = needsFlush;
  }

  /** Why the ledger does not work; null where it does, as far as is known. */
  public @Nullable String obstacle() {
    return obstacle;
  }

  /** Whether its tables are there, and it was not away when it was last used. */
  public boolean isUsable() {
    return obstacle == null;
  }

  /** It was used, and did not work. */
  public void failed(Throwable failure) {
    var cause = NestedExceptionUtils.getMostSpecificCause(failure);
    var reason = "the ledger's database does not work: " + cause.getMessage();
    synchronized (this) {
      obstacle = reason;
      var kind = reason.replaceAll("[0-9]+", ""); // how long it waited is no news
      if (!kind.equals(reported) && running) {
        reported = kind;
        log.warn("{}; tasks are taken and done without it", reason.replaceAll("\\s+", " "));
      }
    }
  }

  /** Makes what is committed outlive the power. */
  public void flush() {
    if (needsFlush) {
      database.execute("CHECKPOINT SYNC");
    }
  }

  private void look() {
    if (isUsable()) {
      return;
    }
    try {
      if (migrated) {
        database.execute("SELECT 1");
      } else {
        flyway.migrate();
        migrated = true;
      }
      works();
    } catch (Throwable e) { // also an Error: it would not be looked at again
      failed(e);
    }
  }

  private synchronized void works() {
    obstacle = null;
    if (reported != null) {
      reported = null;
      log.info("the ledger's database works again");
    }
  }

  @Override
  public void start() {
    running = true;
    thread.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    running = false;
    thread.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
