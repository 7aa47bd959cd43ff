package dev.warren.sender.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is listed; its text is nowhere.
 *
 * @param name in each task that was sent with it
 * @param scope words with a space between them
 * @param createdBy name of the key it was made with; null where none was needed
 * @param revokedAt since when it opens nothing any more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ApiKey(
    String name,
    String scope,
    Instant createdAt,
    @Nullable String createdBy,
    @Nullable Instant revokedAt) {

  /** Name of the key of the environment, which no other can have. */
  static final String OF_ENVIRONMENT = "WARREN_ADMIN_KEY";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  static boolean isName(String text) {
    return NAME.matcher(text).matches() && !text.equals(OF_ENVIRONMENT);
  }
}
