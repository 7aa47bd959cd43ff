package dev.warren.worker.execution;

import dev.warren.contract.TaskEvent.Progress;
import java.time.Instant;

/** Hears of an attempt while it goes on; must neither wait nor fail. */
public interface AttemptListener {

  /** It takes longer than a moment. */
  void running(Instant startedAt);

  void progressed(Progress progress);
}
