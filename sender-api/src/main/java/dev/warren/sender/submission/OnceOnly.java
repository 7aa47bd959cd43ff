package dev.warren.sender.submission;

import dev.warren.contract.WireMessage;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.Tasks;
import dev.warren.sender.idempotency.Claim;
import dev.warren.sender.idempotency.ClaimRequest;
import dev.warren.sender.idempotency.Claims;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.PublishOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Brings tasks to the broker; one with a key, or with an id of its client's, once only. What is
 * claimed is in the database before the publish, with the task's id: should this API be killed
 * behind it, the next one with the same key asks the ledger for that id, and publishes the same
 * task again only where it is not known.
 */
public final class OnceOnly {

  /** For one publish and its confirm, with time to spare. */
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** What comes in bulk also waits for its turn. */
  private static final Duration LEASE_IN_BULK = Duration.ofSeconds(30);

  private final Function<WireMessage, CompletableFuture<PublishOutcome>> publisher;
  private final Submissions submissions;
  private final Claims claims;
  private final Tasks tasks;
  private final LedgerReads reads;
  private final Duration lease;

  OnceOnly(
      Function<WireMessage, CompletableFuture<PublishOutcome>> publisher,
      Submissions submissions,
      Claims claims,
      Tasks tasks,
      LedgerReads reads) {
    this(publisher, submissions, claims, tasks, reads, LEASE);
  }

  private OnceOnly(
      Function<WireMessage, CompletableFuture<PublishOutcome>> publisher,
      Submissions submissions,
      Claims claims,
      Tasks tasks,
      LedgerReads reads,
      Duration lease) {
    this.publisher = publisher;
    this.submissions = submissions;
    this.claims = claims;
    this.tasks = tasks;
    this.reads = reads;
    this.lease = lease;
  }

  /** The same, by a way to the broker on which each waits for its turn. */
  public OnceOnly inBulk(Function<WireMessage, CompletableFuture<PublishOutcome>> other) {
    return new OnceOnly(other, submissions, claims, tasks, reads, LEASE_IN_BULK);
  }

  /** Makes the same task of the same request at any time. */
  public interface Drafting<A> {
    /**
     * @param id which it gets unless the client has given it one
     * @throws RequestRefused where the request is at fault
     */
    Draft<A> of(String id, Instant acceptedAt);
  }

  /**
   * A task that the broker has.
   *
   * @param isRepeated whether it had it before
   */
  public record Taken<A>(Draft<A> draft, Instant confirmedAt, boolean isRepeated) {}

  /** Takes a task; fails with {@link RequestRefused}, as all of these. */
  public <A> CompletableFuture<Taken<A>> take(Draft<A> draft) {
    return take(draft, ClaimRequest.anyContent());
  }

  /**
   * Takes a task.
   *
   * @param content what an id of its own is claimed for
   */
  public <A> CompletableFuture<Taken<A>> take(Draft<A> draft, String content) {
    return draft.hasOwnId() ? takeOwn(draft, List.of(), content) : publish(draft, List.of());
  }

  /**
   * Takes a task that the broker may have already, and which nobody else can be at; the ledger has
   * caught up with whoever was before.
   */
  public <A> CompletableFuture<Taken<A>> takeUnlessKnown(Draft<A> draft, String content) {
    return draft.hasOwnId()
        ? takeOwn(draft, List.of(), content)
        : tasks
            .isThere(draft.task().id())
            .thenCompose(known -> known ? repeated(draft) : take(draft));
  }

  /** Takes the task of a request with a key. */
  public <A> CompletableFuture<Taken<A>> take(KeyedRequest request, Drafting<A> drafting) {
    Draft<A> draft;
    try {
      draft = drafting.of(submissions.newId(), submissions.now());
    } catch (RequestRefused refusal) {
      return takeAsBefore(request, drafting, refusal);
    }
    return take(request, draft, drafting);
  }

  /** What was right when it was first sent, such as when it expires, is so when it is repeated. */
  private <A> CompletableFuture<Taken<A>> takeAsBefore(
      KeyedRequest request, Drafting<A> drafting, RequestRefused refusal) {
    var claim = request.claim(submissions.newId(), submissions.now(), lease);
    return reads
        .read(() -> claims.find(claim).filter(Claim::isOurs))
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal))
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.failedFuture(refusal)
                    : take(
                        request,
                        drafting.of(found.get().taskId(), found.get().acceptedAt()),
                        drafting));
  }

  private <A> CompletableFuture<Taken<A>> take(
      KeyedRequest request, Draft<A> draft, Drafting<A> drafting) {
    var wanted = request.claim(draft.task().id(), draft.task().createdAt(), lease);
    return claims
        .claim(wanted)
        .thenCompose(
            claim ->
                switch (claim.standing()) {
                  case FRESH -> takeClaimed(draft, claim, request);
                  case IN_FLIGHT -> failed(Refusals.inFlight());
                  case OTHER_REQUEST -> failed(Refusals.keyReused());
                  case CONFIRMED ->
                      again(claim, drafting).thenCompose(same -> repeated(same, claim));
                  case TAKEN_OVER ->
                      again(claim, drafting)
                          .thenCompose(
                              same ->
                                  same.hasOwnId()
                                      ? takeClaimed(same, claim, request)
                                      : takeOver(same, claim));
                });
  }

  /**
   * @throws RequestRefused where this caller may not go on with its request
   */
  public static void refuseUnlessOurs(Claim claim) {
    switch (claim.standing()) {
      case IN_FLIGHT -> throw new RequestRefused(Refusals.inFlight());
      case OTHER_REQUEST -> throw new RequestRefused(Refusals.keyReused());
      default -> {}
    }
  }

  /** Not on the thread that writes claims: it may be a mebibyte of JSON. */
  private <A> CompletableFuture<Draft<A>> again(Claim claim, Drafting<A> drafting) {
    return reads.read(() -> drafting.of(claim.taskId(), claim.acceptedAt()));
  }

  private <A> CompletableFuture<Taken<A>> takeClaimed(
      Draft<A> draft, Claim key, KeyedRequest request) {
    return draft.hasOwnId()
        ? takeOwn(draft, List.of(key), request.partOf(0))
        : publish(draft, List.of(key));
  }

  private <A> CompletableFuture<Taken<A>> takeOver(Draft<A> draft, Claim claim) {
    var held = List.of(claim);
    return orLetGo(held, tasks.isKnown(draft.task().id()))
        .thenCompose(known -> known ? confirmed(draft, held, true) : publish(draft, held));
  }

  /**
   * Claims the client's id for its task.
   *
   * @param held what is claimed for it already
   */
  private <A> CompletableFuture<Taken<A>> takeOwn(
      Draft<A> draft, List<Claim> held, String content) {
    var task = draft.task();
    return orLetGo(
            held, claims.claim(ClaimRequest.ofTask(task.id(), content, task.createdAt(), lease)))
        .thenCompose(
            claim -> {
              var both = Stream.concat(held.stream(), Stream.of(claim)).toList();
              return switch (claim.standing()) {
                case FRESH -> publish(draft, both);
                case TAKEN_OVER ->
                    orLetGo(both, tasks.isKnown(task.id()))
                        .thenCompose(
                            known -> known ? thereIs(draft, both, claim) : publish(draft, both));
                case CONFIRMED -> thereIs(draft, held, claim);
                case IN_FLIGHT, OTHER_REQUEST -> taken(draft, held);
              };
            });
  }

  /** The broker has a task of this id, be it this one or another's. */
  private <A> CompletableFuture<Taken<A>> thereIs(Draft<A> draft, List<Claim> held, Claim claim) {
    if (claim.isOurs()) {
      return confirmed(draft, held, true);
    }
    var others = held.stream().filter(each -> each != claim).toList();
    var own = held.stream().filter(each -> each == claim).toList();
    return claims.confirm(own, submissions.now()).thenCompose(nothing -> taken(draft, others));
  }

  private <A> CompletableFuture<Taken<A>> taken(Draft<A> draft, List<Claim> held) {
    return claims.release(held).thenCompose(nothing -> failed(Refusals.idTaken(draft.task().id())));
  }

  private <A> CompletableFuture<Taken<A>> publish(Draft<A> draft, List<Claim> held) {
    return publisher
        .apply(draft.message())
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case CONFIRMED -> confirmed(draft, held, false);
                  case TIMED_OUT, CONNECTION_LOST ->
                      claims.letGo(held).thenCompose(nothing -> failed(refusal(outcome, draft)));
                  default ->
                      claims.release(held).thenCompose(nothing -> failed(refusal(outcome, draft)));
                });
  }

  private static Problem refusal(PublishOutcome outcome, Draft<?> draft) {
    return Refusals.of(outcome, draft.task().id());
  }

  private <A> CompletableFuture<Taken<A>> confirmed(
      Draft<A> draft, List<Claim> held, boolean isRepeated) {
    var taken = new Taken<>(draft, submissions.now(), isRepeated);
    return claims.confirm(held, taken.confirmedAt()).thenApply(nothing -> taken);
  }

  private static <A> CompletableFuture<Taken<A>> repeated(Draft<A> draft, Claim claim) {
    var at = claim.confirmedAt() == null ? claim.acceptedAt() : claim.confirmedAt();
    return CompletableFuture.completedFuture(new Taken<>(draft, at, true));
  }

  private static <A> CompletableFuture<Taken<A>> repeated(Draft<A> draft) {
    var at = draft.task().createdAt();
    return CompletableFuture.completedFuture(new Taken<>(draft, at, true));
  }

  private <T> CompletableFuture<T> orLetGo(List<Claim> held, CompletableFuture<T> step) {
    return step.exceptionallyCompose(
        failure ->
            claims.letGo(held).thenCompose(nothing -> CompletableFuture.<T>failedFuture(failure)));
  }

  private static <T> CompletableFuture<T> failed(Problem problem) {
    return CompletableFuture.failedFuture(new RequestRefused(problem));
  }
}
