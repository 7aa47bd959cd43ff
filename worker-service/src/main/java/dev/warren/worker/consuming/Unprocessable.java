package dev.warren.worker.consuming;

import dev.warren.contract.DeadReason;

/** A task that this worker cannot finish; it is to be buried. */
final class Unprocessable extends Exception {

  private final DeadReason reason;

  Unprocessable(DeadReason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  DeadReason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
