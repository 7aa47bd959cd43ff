package dev.warren.worker.execution;

import dev.warren.contract.InvalidPayload;
import dev.warren.contract.TaskFailure;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.RetryAfter;
import dev.warren.worker.reporting.LogText;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an exception of a handler means. */
public final class Failures {

  private Failures() {}

  /** Of a payload that no attempt can be made with. */
  public static TaskFailure of(InvalidPayload failure) {
    return failure("InvalidPayload", failure, true, null);
  }

  static TaskFailure of(Throwable failure) {
    if (failure instanceof PermanentFailure permanent) {
      return failure(permanent.code().orElse("PermanentFailure"), failure, true, null);
    }
    if (failure instanceof RetryAfter retry) {
      return failure("RetryAfter", failure, false, retry.duration());
    }
    return failure(failure.getClass().getSimpleName(), failure, false, null);
  }

  static TaskFailure timeout(Duration limit) {
    var message = "took longer than " + LogText.seconds(limit) + "s";
    return new TaskFailure("TimedOut", message, false, true, null);
  }

  private static TaskFailure failure(
      String code, Throwable failure, boolean permanent, @Nullable Duration retryAfter) {
    var message = Objects.requireNonNullElse(failure.getMessage(), "");
    return new TaskFailure(code, message, permanent, false, retryAfter);
  }
}
