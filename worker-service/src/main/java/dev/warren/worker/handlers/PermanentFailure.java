package dev.warren.worker.handlers;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The work failed, and will at every further attempt. */
public final class PermanentFailure extends Exception {

  private final @Nullable String code;

  public PermanentFailure(String message) {
    this(message, null, null);
  }

  /**
   * With a name of its own for what went wrong.
   *
   * @param code stands where else the name of the exception's class does
   */
  public PermanentFailure(String message, @Nullable String code, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Optional<String> code() {
    return Optional.ofNullable(code);
  }
}
