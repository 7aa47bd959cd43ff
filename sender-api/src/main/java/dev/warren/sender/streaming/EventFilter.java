package dev.warren.sender.streaming;

import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskFilter;
import dev.warren.sender.requests.Parameters;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events to send; null asks for any.
 *
 * @param states that a task became by them; empty for any
 */
public record EventFilter(
    @Nullable String taskId, @Nullable String type, @Nullable String queue, Set<TaskState> states) {

  static final Set<String> PARAMETERS = Set.of("type", "queue", "state");

  private static final String NAME = "must be 1 to 255 characters";

  public static EventFilter ofTask(String id) {
    return new EventFilter(id, null, null, Set.of());
  }

  /** What the parameters ask for; faults are added to them. */
  static EventFilter of(Parameters parameters) {
    return new EventFilter(
        null,
        parameters.text("type", TaskFilter::isName, NAME),
        parameters.text("queue", TaskFilter::isName, NAME),
        TaskFilter.statesIn(parameters));
  }

  boolean accepts(LiveEvent event) {
    return (type == null || type.equals(event.type()))
        && (queue == null || queue.equals(event.queue()))
        && (states.isEmpty() || states.contains(event.state()));
  }
}
