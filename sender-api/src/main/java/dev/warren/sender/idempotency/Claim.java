package dev.warren.sender.idempotency;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came of a {@link ClaimRequest}.
 *
 * @param isOurs whether it is, or was, claimed for the same content
 * @param taskId of the first who claimed it
 * @param acceptedAt of the first who claimed it
 * @param confirmedAt once the broker has confirmed
 */
public record Claim(
    String name,
    Standing standing,
    boolean isOurs,
    String taskId,
    Instant acceptedAt,
    @Nullable Instant confirmedAt,
    String holder) {

  /** Whose it is. */
  public enum Standing {
    /** This caller's, who is the first. */
    FRESH,
    /** This caller's, after another who has not said what came of it. */
    TAKEN_OVER,
    /** Another's, who is at it. */
    IN_FLIGHT,
    /** Nobody's any more: the broker has the task. */
    CONFIRMED,
    /** Another request's, which has nothing to do with this one. */
    OTHER_REQUEST
  }
}
