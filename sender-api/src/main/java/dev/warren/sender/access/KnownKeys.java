package dev.warren.sender.access;

import dev.warren.sender.ledger.database.LedgerDatabase;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.transaction.TransactionException;

/**
 * What this replica knows of the keys. They are read whole every two seconds, so that no request
 * asks the database, and those that were seen before go on working without it.
 */
final class KnownKeys implements AuthenticationManager, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(KnownKeys.class);

  private static final long FIRST_LOOK_MILLIS = 50;

  /** A revoked key must be known everywhere within 10 s. */
  private static final long LOOK_MILLIS = 2000;

  /** Two looks that should have been: whoever is not known then may have come since. */
  private static final long FRESH_NANOS = Duration.ofSeconds(6).toNanos();

  /** The web server starts behind this, so that the first requests find the keys. */
  private static final long START_SECONDS = 5;

  private static final long STOP_SECONDS = 2;

  private final KeyStore store;
  private final LedgerDatabase database;
  private final Openness openness;
  private final @Nullable Key adminKey;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "api-keys"));
  private final CountDownLatch firstLook = new CountDownLatch(1);
  private volatile @Nullable Known known;
  private volatile boolean running;

  /**
   * @param adminKey of the environment
   */
  KnownKeys(KeyStore store, LedgerDatabase database, Openness openness, @Nullable String adminKey) {
    this.store = store;
    this.database = database;
    this.openness = openness;
    this.adminKey =
        adminKey == null
            ? null
            : Key.of(ApiKey.OF_ENVIRONMENT, Scope.ADMIN.word(), KeyText.hashOf(adminKey));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Whether a key is ever left out. */
  enum Openness {
    /** Only who is on this machine can ask: as long as no key was ever made. */
    UNTIL_FIRST_KEY,
    NEVER
  }

  private record Key(byte[] hash, Authentication authentication) {

    static Key of(String name, String scope, byte[] hash) {
      var authorities = Scope.authorities(Scope.parse(scope).orElseThrow());
      return new Key(
          hash, UsernamePasswordAuthenticationToken.authenticated(name, null, authorities));
    }

    boolean matches(byte[] other) {
      return MessageDigest.isEqual(hash, other);
    }
  }

  /**
   * @param active by the first bytes of their hashes, which tell nobody anything
   * @param lookedAt by {@link System#nanoTime}
   */
  private record Known(Map<Long, Key> active, boolean anyWasMade, long lookedAt) {

    @Nullable Key find(byte[] hash) {
      var candidate = active.get(beginning(hash));
      return candidate != null && candidate.matches(hash) ? candidate : null;
    }
  }

  private static long beginning(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }

  /** Of a request without a key. */
  boolean isOpen() {
    var current = known;
    return openness == Openness.UNTIL_FIRST_KEY
        && adminKey == null
        && current != null
        && !current.anyWasMade;
  }

  /** Whether it is not even known yet if a key is needed. */
  boolean isUndecided() {
    return openness == Openness.UNTIL_FIRST_KEY && adminKey == null && known == null;
  }

  /** Whether there is somebody to whom the door could be opened. */
  boolean canLetIn() {
    return adminKey != null || known != null;
  }

  /** Whether there is an admin key that no database can lose. */
  boolean hasAdminKeyOfEnvironment() {
    return adminKey != null;
  }

  /** Whether the API is open where no key was ever made. */
  boolean canBeOpen() {
    return openness == Openness.UNTIL_FIRST_KEY && adminKey == null;
  }

  @Override
  public Authentication authenticate(Authentication request) {
    var hash = KeyText.hashOf(((BearerTokenAuthenticationToken) request).getToken());
    if (adminKey != null && adminKey.matches(hash)) {
      return adminKey.authentication;
    }
    var current = known;
    var key = current == null ? null : current.find(hash);
    if (key != null) {
      return key.authentication;
    }
    if (current == null
        || !database.isUsable()
        || System.nanoTime() - current.lookedAt > FRESH_NANOS) {
      throw new KeysUnavailable();
    }
    throw new InvalidBearerTokenException("The key is not known here, or revoked");
  }

  /** Reads them; waits for a look that is under way, so that none overwrites a newer one. */
  synchronized void look() {
    var lookedAt = System.nanoTime();
    var rows = store.all();
    var active = new HashMap<Long, Key>();
    for (var row : rows) {
      if (row.key().revokedAt() == null) {
        var key = Key.of(row.key().name(), row.key().scope(), row.hash());
        active.put(beginning(row.hash()), key);
      }
    }
    known = new Known(active, !rows.isEmpty(), lookedAt);
    firstLook.countDown();
  }

  private void takeTurn() {
    try {
      if (database.isUsable()) {
        look();
      }
    } catch (DataAccessException | TransactionException e) {
      log.debug("the keys could not be read", e); // the ledger says what is wrong
    } catch (Throwable e) { // also an Error: there would be no further turn
      log.warn("the keys could not be read", e);
    }
    if (running) {
      var pause = known == null ? FIRST_LOOK_MILLIS : LOOK_MILLIS;
      thread.schedule(this::takeTurn, pause, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void start() {
    running = true;
    thread.execute(this::takeTurn);
    try {
      if (!firstLook.await(START_SECONDS, TimeUnit.SECONDS)) {
        log.warn("the keys are not known yet: whoever needs one is refused until they are");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    refuseToStartWithoutKey();
  }

  private void refuseToStartWithoutKey() {
    var current = known;
    if (openness == Openness.NEVER
        && adminKey == null
        && current != null
        && current.active.isEmpty()) {
      throw new StartRefused(
          "SENDER_BIND is not loopback, and there is no key: anybody, or nobody, could use it.",
          "Set WARREN_ADMIN_KEY to " + StartRefused.GOOD_KEY + " or make a key on loopback first.");
    }
  }

  @Override
  public void stop() {
    running = false;
    thread.shutdown(); // without an interrupt, on which H2 would close its file
    try {
      thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Behind the database's, before the web server's. */
  @Override
  public int getPhase() {
    return 1;
  }
}
