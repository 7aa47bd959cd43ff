package dev.warren.worker.execution;

import dev.warren.worker.handlers.TaskHandler;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The handlers by their type. */
public final class TaskHandlers {

  private final Map<String, TaskHandler<?, ?>> byType = new TreeMap<>();

  public TaskHandlers(Collection<? extends TaskHandler<?, ?>> handlers) {
    for (var handler : handlers) {
      var type = handler.type().name();
      var other = byType.putIfAbsent(type, handler);
      if (other != null) {
        throw new IllegalStateException(
            "two handlers of type %s: %s and %s"
                .formatted(type, other.getClass().getName(), handler.getClass().getName()));
      }
    }
  }

  public Optional<TaskHandler<?, ?>> of(String type) {
    return Optional.ofNullable(byType.get(type));
  }

  public Set<String> types() {
    return byType.keySet();
  }

  /** Keys of the queues that the types belong to. */
  public Set<String> queues() {
    var queues = new TreeSet<String>();
    byType.values().forEach(handler -> queues.add(handler.type().queue()));
    return queues;
  }
}
