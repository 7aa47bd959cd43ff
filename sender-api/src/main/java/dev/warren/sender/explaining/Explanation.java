package dev.warren.sender.explaining;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskView.Failure;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a task stands where it does.
 *
 * @param sentence for people; its words may change
 */
record Explanation(String id, TaskState state, Reason reason, String sentence, Details details) {

  /** Why a task stands where it does; the codes are stable. */
  enum Reason {
    SUCCEEDED,
    DEAD,
    CANCELLED,
    EXPIRED,
    /** It waits for its time. */
    SCHEDULED,
    /** It waits for its next attempt. */
    BACKING_OFF,
    /** Its time has come, and it is about to be published. */
    DUE,
    /** The ledger knows of it only by what happened to it, and cannot send it. */
    PAYLOAD_UNKNOWN,
    /** It was found lost, and is about to be published again. */
    LOST,
    /** A worker has it, and has not settled it. */
    AT_WORKER,
    /** The same, but that worker is not heard any more. */
    AT_SILENT_WORKER,
    /** The broker cannot be asked, or takes nothing. */
    BROKER_UNAVAILABLE,
    /** The broker is short of memory or disk, and blocks all that publish. */
    BROKER_ALARM,
    /** The broker has no such queue. */
    QUEUE_MISSING,
    /** Its queue is paused. */
    QUEUE_PAUSED,
    /** No worker takes from its queue. */
    NO_CONSUMER,
    /** The worker that had it is gone; another one gets it. */
    WORKER_GONE,
    /** Its queue is empty, and nobody has said yet what became of it. */
    TAKEN,
    /** Others are before it in its queue. */
    BEHIND_OTHERS,
    /** It is the first in its queue. */
    NEXT;

    @JsonValue
    String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Of all that is known, with no look at anything else. */
  static Explanation of(Facts facts) {
    return new Diagnosis(facts).explanation();
  }

  /**
   * The same as data, and what else is known; what is not known is left out.
   *
   * @param until when it goes on, or should have
   * @param depth tasks that wait in its queue at the broker
   * @param consumers slots that the broker may deliver to
   * @param ahead of it in its queue; an estimate: the ledger counts, the broker decides
   * @param slots of all workers that say they take from its queue
   * @param busySlots those of them that have a task
   * @param worker that has it, or had it last
   * @param since when that worker has it
   * @param silentSince when that worker was last heard, or was found gone
   * @param deliveries of this execution; more than one were not finished
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Details(
      String queue,
      @Nullable Long depth,
      @Nullable Long consumers,
      @Nullable Long ahead,
      @Nullable Integer slots,
      @Nullable Integer busySlots,
      int round,
      int attempt,
      int maxAttempts,
      @Nullable Integer deliveries,
      @Nullable String worker,
      @Nullable Instant since,
      @Nullable Instant silentSince,
      @Nullable Instant until,
      @Nullable Instant expiresAt,
      @Nullable String deadReason,
      @Nullable Failure error,
      @Nullable String alarm,
      @Nullable String obstacle) {}
}
