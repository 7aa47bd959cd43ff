package dev.warren.sender.idempotency;

import dev.warren.sender.idempotency.Claim.Standing;
import dev.warren.sender.idempotency.ClaimStore.Settlement;
import dev.warren.sender.idempotency.ClaimStore.Settlement.Kind;
import dev.warren.sender.ledger.database.LedgerDatabase;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;

/**
 * Claims what may be used once only. One thread writes for all: those who come while it writes are
 * the next group, which shares one commit and one flush.
 */
public final class Claims implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  private static final int MAX_WAITING = 4000;
  private static final int MAX_GROUP = 500;

  /** Longer than a connection is waited for. */
  private static final long TIMEOUT_MILLIS = 3000;

  /** The answer need not wait for it. */
  private static final long SETTLE_MILLIS = 1500;

  private final ClaimStore store;
  private final LedgerDatabase database;
  private final BlockingQueue<Step> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
  private final Thread thread = new Thread(this::run, "claims");

  Claims(ClaimStore store, LedgerDatabase database) {
    this.store = store;
    this.database = database;
    thread.start();
  }

  /** What the thread is asked for: one of both. */
  private record Step(
      @Nullable ClaimRequest request,
      CompletableFuture<Claim> claim,
      List<Settlement> settlements,
      CompletableFuture<Void> settled) {

    static Step of(ClaimRequest request) {
      return new Step(request, new CompletableFuture<>(), List.of(), new CompletableFuture<>());
    }

    static Step of(List<Settlement> settlements) {
      return new Step(null, new CompletableFuture<>(), settlements, new CompletableFuture<>());
    }

    void fail(Throwable failure) {
      claim.completeExceptionally(failure);
      settled.completeExceptionally(failure);
    }
  }

  /**
   * Claims, for good once it is answered; or {@link RequestRefused} with {@code 503}. What depends
   * on it must not block.
   */
  public CompletableFuture<Claim> claim(ClaimRequest request) {
    var step = Step.of(request);
    if (!database.isUsable() || !waiting.offer(step)) {
      return CompletableFuture.failedFuture(unavailable());
    }
    return step.claim
        .orTimeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unavailable()));
  }

  /** What another has claimed; blocks. */
  public Optional<Claim> find(ClaimRequest request) {
    return store.find(request.name(), request.content());
  }

  /**
   * Notes that the broker has the task. Never fails: where it cannot be noted, the next one finds
   * it out.
   */
  public CompletableFuture<Void> confirm(List<Claim> claims, Instant at) {
    return settle(claims.stream().map(each -> new Settlement(each, Kind.CONFIRM, at)).toList());
  }

  /** As if it had never been claimed. Never fails. */
  public CompletableFuture<Void> release(List<Claim> claims) {
    return settle(claims.stream().map(Claims::released).toList());
  }

  /** Whoever comes next finds out what became of the task. Never fails. */
  public CompletableFuture<Void> letGo(List<Claim> claims) {
    return settle(claims.stream().map(each -> new Settlement(each, Kind.LET_GO, null)).toList());
  }

  /** What was taken over keeps its id, since its first holder may have published. */
  private static Settlement released(Claim claim) {
    var kind = claim.standing() == Standing.FRESH ? Kind.RELEASE : Kind.LET_GO;
    return new Settlement(claim, kind, null);
  }

  private CompletableFuture<Void> settle(List<Settlement> settlements) {
    var step = Step.of(settlements);
    if (settlements.isEmpty() || !waiting.offer(step)) {
      return CompletableFuture.completedFuture(null);
    }
    return step.settled
        .completeOnTimeout(null, SETTLE_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionally(
            failure -> {
              log.debug("what became of a claim is not noted", failure);
              return null;
            });
  }

  private void run() {
    var group = new ArrayList<Step>();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        group.clear();
        group.add(waiting.take());
        waiting.drainTo(group, MAX_GROUP - 1);
        write(group);
      }
    } catch (InterruptedException e) {
      log.debug("shutting down");
    }
  }

  /** Must not throw: nothing would be claimed any more. */
  private void write(List<Step> group) {
    try {
      settleAll(group.stream().filter(step -> step.request == null).toList());
      claimAll(group.stream().filter(step -> step.request != null).toList());
    } catch (Throwable e) {
      log.warn("claims could not be written", e);
      group.forEach(step -> step.fail(e));
    }
  }

  private void settleAll(List<Step> steps) {
    if (steps.isEmpty()) {
      return;
    }
    try {
      store.settle(steps.stream().flatMap(step -> step.settlements.stream()).toList());
      steps.forEach(step -> step.settled.complete(null));
    } catch (RuntimeException e) {
      eachAlone(steps, this::settleAll, e);
    }
  }

  private void claimAll(List<Step> steps) {
    var open = steps.stream().filter(step -> !step.claim.isDone()).toList();
    if (open.isEmpty()) {
      return;
    }
    List<Claim> claims;
    try {
      claims =
          store.claim(open.stream().map(step -> Objects.requireNonNull(step.request)).toList());
    } catch (RuntimeException e) {
      eachAlone(open, this::claimAll, e);
      return;
    }
    database.flush();
    for (var i = 0; i < claims.size(); i++) {
      answer(open.get(i), claims.get(i));
    }
  }

  /** Nobody will publish for what was answered too late. */
  private void answer(Step step, Claim claim) {
    var isHeld = claim.standing() == Standing.FRESH || claim.standing() == Standing.TAKEN_OVER;
    if (!step.claim.complete(claim) && isHeld) {
      store.settle(List.of(released(claim)));
    }
  }

  private interface Writing {
    void write(List<Step> steps);
  }

  /** One that waits for another replica's lock must not hold up the others. */
  private static void eachAlone(List<Step> steps, Writing writing, RuntimeException failure) {
    if (steps.size() == 1) {
      log.debug("not written", failure);
      steps.get(0).fail(failure);
    } else {
      steps.forEach(step -> writing.write(List.of(step)));
    }
  }

  private static RequestRefused unavailable() {
    return new RequestRefused(
        Problem.of(
                ProblemType.LEDGER_UNAVAILABLE,
                "The ledger's database does not answer, and without it nobody knows whether this"
                    + " key or task id was used before. The task was not taken; send it again after"
                    + " Retry-After seconds, or without them.")
            .withHeader(HttpHeaders.RETRY_AFTER, "5"));
  }

  @Override
  public void destroy() {
    thread.interrupt();
    waiting.forEach(step -> step.fail(unavailable()));
  }
}
