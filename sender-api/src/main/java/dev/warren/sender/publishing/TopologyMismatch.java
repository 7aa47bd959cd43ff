package dev.warren.sender.publishing;

import java.io.IOException;

/** The broker refused a declaration; its words name the queue and the argument. */
final class TopologyMismatch extends IOException {

  private final int replyCode;

  TopologyMismatch(int replyCode, String replyText, IOException cause) {
    super(replyText, cause);
    this.replyCode = replyCode;
  }

  /** AMQP's code: 404 where something is missing, 406 where it differs, 403 where not allowed. */
  int replyCode() {
    return replyCode;
  }
}
