package dev.warren.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskType;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskHandlersTest {

  @Test
  void refusesTwoHandlersOfOneType_andNamesBoth() {
    assertThatThrownBy(() -> new TaskHandlers(List.of(new One("x", "a"), new Other("x", "b"))))
        .hasMessageContainingAll("of type x", One.class.getName(), Other.class.getName());
  }

  @Test
  void knowsTheQueuesOfItsTypes() {
    var handlers =
        new TaskHandlers(List.of(new One("x", "b"), new One("y", "a"), new Other("z", "b")));

    assertThat(handlers.queues()).containsExactly("a", "b");
  }

  private static class One implements TaskHandler<String, Void> {

    private final TaskType<String, Void> type;

    One(String name, String queue) {
      type = new TaskType<>(name, queue, String.class, Void.class, RetryPolicy.DEFAULT);
    }

    @Override
    public TaskType<String, Void> type() {
      return type;
    }

    @Override
    public Void handle(String payload, TaskContext context) {
      return null;
    }
  }

  private static final class Other extends One {
    Other(String name, String queue) {
      super(name, queue);
    }
  }
}
