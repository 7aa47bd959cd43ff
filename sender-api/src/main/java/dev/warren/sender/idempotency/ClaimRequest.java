package dev.warren.sender.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * What somebody wants to claim.
 *
 * @param name hash of what is claimed
 * @param ofTask whether that is the id of a task, which any other use of it finds taken
 * @param content hash of what it is claimed for
 * @param acceptedAt by the API's clock, in milliseconds
 */
public record ClaimRequest(
    String name,
    boolean ofTask,
    String content,
    String taskId,
    Instant acceptedAt,
    Duration lease) {

  /** Of an id that a client has given to a task. */
  public static ClaimRequest ofTask(
      String taskId, String content, Instant acceptedAt, Duration lease) {
    return new ClaimRequest(Hashes.of("task", taskId), true, content, taskId, acceptedAt, lease);
  }

  /** For a use of an id that nobody will ever come back to. */
  public static String anyContent() {
    return UUID.randomUUID().toString();
  }
}
