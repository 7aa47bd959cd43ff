package dev.warren.contract;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Optional;

/**
 * Payload of a {@code message} task: each dot (U+002E) of the message is one second of work.
 *
 * @param message not blank; at most 5 dots, or exactly 30 or exactly 40
 */
public record MessagePayload(@NotNull @AcceptableMessage String message) {

  /** How long the work takes. */
  public Duration work() {
    return Duration.ofSeconds(dots(message));
  }

  /** What is wrong with a message and what to change; empty where it is acceptable. */
  public static Optional<String> problemWith(String message) {
    if (message.codePoints().allMatch(MessagePayload::isInvisible)) {
      return Optional.of("must not be blank");
    }
    if (message.codePoints().anyMatch(MessagePayload::isSurrogate)) {
      return Optional.of("must be Unicode text; it holds half of a surrogate pair");
    }
    long dots = dots(message);
    if (dots > 5 && dots != 30 && dots != 40) {
      return Optional.of(
          "holds "
              + dots
              + " dots; it must hold at most 5, or exactly 30 or exactly 40"
              + " (each dot is one second of work)");
    }
    return Optional.empty();
  }

  private static long dots(String message) {
    return message.chars().filter(c -> c == '.').count();
  }

  private static boolean isInvisible(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || Character.isISOControl(codePoint)
        || Character.getType(codePoint) == Character.FORMAT;
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }
}
