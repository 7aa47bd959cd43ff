package dev.warren.sender.batches;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.contract.Origin;
import dev.warren.contract.ReplyAddress;
import dev.warren.contract.TaskMessage;
import dev.warren.sender.idempotency.Claim;
import dev.warren.sender.idempotency.Claim.Standing;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.submission.Draft;
import dev.warren.sender.submission.OnceOnly;
import dev.warren.sender.submission.OnceOnly.Taken;
import dev.warren.sender.submission.Submissions;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The tasks of a batch with a key: the same each time, with the same ids. */
final class KeyedLines implements BatchLines {

  private static final long TIME_OF_VERSION_7 = 0xffff_ffff_ffff_0000L;

  private final KeyedRequest request;
  private final Claim claim;
  private final Submissions submissions;
  private final OnceOnly onceOnly;
  private final Origin origin;

  KeyedLines(
      KeyedRequest request,
      Claim claim,
      Submissions submissions,
      OnceOnly onceOnly,
      Origin origin) {
    this.request = request;
    this.claim = claim;
    this.submissions = submissions;
    this.onceOnly = onceOnly;
    this.origin = origin;
  }

  @Override
  public Draft<String> draft(int index, byte[] task) {
    return submissions.draft(
        task,
        ReplyAddress.NOBODY,
        origin,
        idOf(UUID.fromString(claim.taskId()), index),
        claim.acceptedAt(),
        TaskMessage::id);
  }

  /** What the broker may have already is looked for, and what it has for sure is left alone. */
  @Override
  public CompletableFuture<Taken<String>> take(int index, Draft<String> draft) {
    if (claim.standing() == Standing.FRESH) {
      return onceOnly.take(draft, request.partOf(index));
    }
    return claim.standing() == Standing.CONFIRMED && !draft.hasOwnId()
        ? CompletableFuture.completedFuture(new Taken<>(draft, claim.acceptedAt(), true))
        : onceOnly.takeUnlessKnown(draft, request.partOf(index));
  }

  /**
   * A UUID of version 7 with the batch's time, the rest of it drawn from the batch's and the index.
   */
  static String idOf(UUID batch, int index) {
    var drawn = UUID.nameUUIDFromBytes((batch + ":" + index).getBytes(UTF_8));
    var high =
        (batch.getMostSignificantBits() & TIME_OF_VERSION_7)
            | 0x7000
            | (drawn.getMostSignificantBits() & 0xfff);
    return new UUID(high, drawn.getLeastSignificantBits()).toString();
  }
}
