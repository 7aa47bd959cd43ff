package dev.warren.worker.handlers;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The work failed, and will at every further attempt. */
public final class PermanentFailure extends Exception {

  private final @Nullable String code;

  public PermanentFailure(String message) {
    this(null, message, null);
  }

  /**
   * With a name of its own for what went wrong.
   *
   * @param code stands where else the name of the exception's class does
   */
  public PermanentFailure(String code, String message) {
    this(code, message, null);
  }

  public PermanentFailure(@Nullable String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Optional<String> code() {
    return Optional.ofNullable(code);
  }
}
