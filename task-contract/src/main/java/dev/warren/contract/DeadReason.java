package dev.warren.contract;

/** Why a worker buried a task that it could not even try. */
public enum DeadReason {
  /** It has no {@code message_id}, so nobody could follow it. */
  NO_ID("no-id"),
  /** It has no {@code type}, or one that this worker has no handler for. */
  UNKNOWN_TYPE("unknown-type"),
  /** It was delivered so often without an acknowledgement that it may be what kills its workers. */
  TOO_MANY_DELIVERIES("too-many-deliveries");

  private final String code;

  DeadReason(String code) {
    this.code = code;
  }

  /** The value of the header {@link TaskHeaders#DEAD_REASON}. */
  public String code() {
    return code;
  }
}
