package dev.warren.sender.following;

import dev.warren.sender.requests.Parameters;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list to answer.
 *
 * @param cursor where it begins; null for the newest of all
 * @param full with payloads, results and attempts
 */
public record PageRequest(@Nullable Cursor cursor, int limit, boolean full) {

  /** What may be asked for beside a filter. */
  public static final Set<String> PARAMETERS = Set.of("cursor", "limit", "view");

  private static final int MAX_LIMIT = 200;
  private static final int USUAL_LIMIT = 50;

  /** What the parameters ask for; faults are added to them. */
  public static PageRequest of(Parameters parameters) {
    return new PageRequest(
        cursorIn(parameters),
        parameters.whole("limit", 1, MAX_LIMIT, USUAL_LIMIT),
        parameters.text("view", "FULL"::equals, "must be FULL, or left out") != null);
  }

  private static @Nullable Cursor cursorIn(Parameters parameters) {
    var text = parameters.text("cursor");
    var cursor = text == null ? Optional.<Cursor>empty() : Cursor.of(text);
    if (text != null && cursor.isEmpty()) {
      parameters.fault("cursor", "must be a nextCursor of an answer, or left out");
    }
    return cursor.orElse(null);
  }
}
