package dev.warren.contract;

import org.jspecify.annotations.Nullable;

/**
 * Who waits for a task's outcome.
 *
 * @param caller replica of the API at which someone waits, or {@link #NO_CALLER}
 * @param replyTo queue of a foreign caller
 * @param correlationId by which a foreign caller knows which answer it is
 */
public record ReplyAddress(
    String caller, @Nullable String replyTo, @Nullable String correlationId) {

  public static final String NO_CALLER = "none";

  public static final ReplyAddress NOBODY = new ReplyAddress(NO_CALLER, null, null);
}
