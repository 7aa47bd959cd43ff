package dev.warren.sender.idempotency;

import java.time.Duration;
import java.time.Instant;

/**
 * A request with a key.
 *
 * @param key hash of the key and its owner
 * @param content hash of all that must be the same when the key is sent again
 */
public record KeyedRequest(String key, String content) {

  /**
   * What is claimed for it.
   *
   * @param taskId which a task that is made for it gets
   * @param lease in which it is published and confirmed
   */
  public ClaimRequest claim(String taskId, Instant acceptedAt, Duration lease) {
    return new ClaimRequest(key, false, content, taskId, acceptedAt, lease);
  }

  /** What an id is claimed for that one of its tasks has of the client. */
  public String partOf(int index) {
    return Hashes.of(key, "" + index);
  }
}
