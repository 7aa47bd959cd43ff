package dev.warren.sender.replies;

import java.util.UUID;

/**
 * This replica of the API among those at one broker.
 *
 * @param name a word of a routing key, another one at each start
 */
public record Replica(String name) {

  static Replica random() {
    return new Replica(UUID.randomUUID().toString().substring(0, 8));
  }
}
