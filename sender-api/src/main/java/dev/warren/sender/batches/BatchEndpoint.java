package dev.warren.sender.batches;

import dev.warren.contract.Origin;
import dev.warren.sender.access.Caller;
import dev.warren.sender.idempotency.Claim;
import dev.warren.sender.idempotency.Claim.Standing;
import dev.warren.sender.idempotency.Claims;
import dev.warren.sender.idempotency.IdempotencyKey;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.ledger.intake.CaughtUp;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.BulkPublisher;
import dev.warren.sender.requests.RequestHead;
import dev.warren.sender.submission.OnceOnly;
import dev.warren.sender.submission.SubmissionMetrics;
import dev.warren.sender.submission.Submissions;
import dev.warren.sender.tracing.RequestTraces;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /v1/tasks/batch}: answers {@code 200} with the outcome of each task where the body
 * could be read at all. (Not 207, whose body is WebDAV's XML.)
 */
@RestController
final class BatchEndpoint {

  private static final List<MediaType> TYPES =
      List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_NDJSON);

  private static final Duration CATCH_UP = Duration.ofSeconds(5);

  /** In which a batch that is read is published. */
  private static final Duration WORK = Duration.ofSeconds(30);

  /** With the last outcomes; so long a key is in flight where this API is killed. */
  private static final Duration LEASE = Duration.ofSeconds(60);

  private final Submissions submissions;
  private final OnceOnly onceOnly;
  private final BatchRoom room;
  private final Claims claims;
  private final CaughtUp ledger;
  private final SubmissionMetrics metrics;
  private final BatchProperties properties;
  private final RequestTraces traces;
  private final Semaphore slots;

  BatchEndpoint(
      Submissions submissions,
      OnceOnly onceOnly,
      BulkPublisher publisher,
      BatchRoom room,
      Claims claims,
      CaughtUp ledger,
      SubmissionMetrics metrics,
      BatchProperties properties,
      RequestTraces traces) {
    this.submissions = submissions;
    this.onceOnly = onceOnly.inBulk(publisher::publish);
    this.room = room;
    this.claims = claims;
    this.ledger = ledger;
    this.metrics = metrics;
    this.properties = properties;
    this.traces = traces;
    this.slots = new Semaphore(properties.maxAtOnce());
  }

  @PostMapping("/v1/tasks/batch")
  BatchReceipt submit(HttpServletRequest request) throws IOException {
    var limit = properties.maxBodySize().toBytes();
    var problem = RequestHead.problemWith(request, limit, TYPES);
    if (problem != null) {
      throw new RequestRefused(problem);
    }
    var key = IdempotencyKey.in(request, Caller.ownerOf(request));
    if (!slots.tryAcquire()) {
      throw new RequestRefused(tooManyAtOnce());
    }
    try {
      var until = System.nanoTime() + properties.readTimeout().toNanos();
      var body = new BatchBody(request.getInputStream(), limit, until);
      return key == null
          ? take(BatchLines.unkeyed(submissions, onceOnly, originOf(request)), body, request)
          : takeOnce(key, body, request);
    } finally {
      slots.release();
    }
  }

  private Origin originOf(HttpServletRequest request) {
    return new Origin(Caller.nameOf(request), traces.of(request));
  }

  private BatchReceipt take(BatchLines lines, BatchBody body, HttpServletRequest request) {
    var maxTask = Submissions.MAX_BODY;
    var type = MediaType.parseMediaType(request.getContentType());
    var tasks =
        type.equalsTypeAndSubtype(MediaType.APPLICATION_NDJSON)
            ? TaskSplitter.ofLines(body, maxTask)
            : TaskSplitter.ofArray(body, maxTask);
    return new Batch(lines, room, metrics, properties.maxTasks(), maxTask).take(tasks);
  }

  /** The key belongs to the whole body, so that is read before the first task is published. */
  private BatchReceipt takeOnce(IdempotencyKey key, BatchBody body, HttpServletRequest request)
      throws IOException {
    try (var spool = Spool.of(body, key.digest())) {
      var keyed = key.with(spool.digest());
      var claim = claimFor(keyed);
      try (var input = spool.open()) {
        return takeClaimed(keyed, claim, input, request);
      }
    }
  }

  private BatchReceipt takeClaimed(
      KeyedRequest keyed, Claim claim, InputStream input, HttpServletRequest request) {
    var lines = new KeyedLines(keyed, claim, submissions, onceOnly, originOf(request));
    var isOurs = claim.standing() != Standing.CONFIRMED;
    var isFinal = false;
    try {
      if (claim.standing() == Standing.TAKEN_OVER && !ledger.caughtUp(CATCH_UP).join()) {
        throw new RequestRefused(behind());
      }
      var until = System.nanoTime() + WORK.toNanos();
      var body = new BatchBody(input, Long.MAX_VALUE, until);
      var receipt = take(lines, body, request);
      isFinal = receipt.isFinal();
      return receipt;
    } finally {
      if (isOurs) {
        settle(claim, isFinal);
      }
    }
  }

  /** What may still become of a task keeps the key open: sent again, that task is tried again. */
  private void settle(Claim claim, boolean isFinal) {
    var held = List.of(claim);
    (isFinal ? claims.confirm(held, submissions.now()) : claims.letGo(held)).join();
  }

  private Claim claimFor(KeyedRequest keyed) {
    Claim claim;
    try {
      claim = claims.claim(keyed.claim(submissions.newId(), submissions.now(), LEASE)).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RequestRefused refused ? refused : e;
    }
    OnceOnly.refuseUnlessOurs(claim);
    return claim;
  }

  private static Problem behind() {
    return Problem.of(
            ProblemType.LEDGER_BEHIND,
            "An earlier request with this Idempotency-Key was cut off, and the ledger has not caught"
                + " up with what it left. Send it again after Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, "1");
  }

  private static Problem tooManyAtOnce() {
    return Problem.of(
            ProblemType.OVERLOADED,
            "Too many batches are read at once. No task was taken; send it again after"
                + " Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, "1");
  }
}
