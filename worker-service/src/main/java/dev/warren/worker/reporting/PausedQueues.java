package dev.warren.worker.reporting;

import java.util.Set;
import org.springframework.stereotype.Component;

/** The queues that this worker takes nothing from since they are paused. */
@Component
public final class PausedQueues {

  private volatile Set<String> names = Set.of();

  PausedQueues() {}

  /**
   * @param paused full names of all of them
   */
  public void set(Set<String> paused) {
    names = Set.copyOf(paused);
  }

  public boolean contains(String name) {
    return names.contains(name);
  }
}
