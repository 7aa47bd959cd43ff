package dev.warren.worker.execution;

import dev.warren.contract.TaskFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended.
 *
 * @param took by a clock that nobody sets back
 * @param result JSON, or nothing
 * @param failure where it failed
 * @param cancelled whether it ended so since its task was cancelled
 */
@SuppressWarnings("ArrayRecordComponent") // two ends are never equal, nor should they be
public record AttemptEnd(
    Instant startedAt,
    Duration took,
    byte[] result,
    @Nullable TaskFailure failure,
    boolean cancelled) {

  public Instant endedAt() {
    return startedAt.plus(took);
  }
}
