package dev.warren.worker.handlers;

import dev.warren.contract.TraceParent;
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
  public @Nullable TraceParent trace() {
    return TraceParent.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .orElseThrow();
  }

  @Override
  public boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }
}
