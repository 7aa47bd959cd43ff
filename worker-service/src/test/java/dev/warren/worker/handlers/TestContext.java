package dev.warren.worker.handlers;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a handler sees when no worker is around it. */
public record TestContext(String id, int attempt, Instant deadline, List<Integer> percents)
    implements TaskContext {

  public static TestContext ofAttempt(int attempt) {
    return new TestContext("test", attempt, Instant.now().plusSeconds(60), new ArrayList<>());
  }

  @Override
  public void progress(int percent, @Nullable String note) {
    percents.add(percent);
  }

  @Override
  public boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }
}
