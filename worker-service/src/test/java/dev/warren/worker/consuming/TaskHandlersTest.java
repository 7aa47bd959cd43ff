package dev.warren.worker.consuming;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.worker.handlers.TaskHandler;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskHandlersTest {

  @Test
  void refusesTwoHandlersOfOneType_andNamesBoth() {
    assertThatThrownBy(() -> new TaskHandlers(List.of(new One(), new Other())))
        .hasMessageContainingAll("of type x", One.class.getName(), Other.class.getName());
  }

  private static class One implements TaskHandler<String> {

    @Override
    public String type() {
      return "x";
    }

    @Override
    public Class<String> payloadType() {
      return String.class;
    }

    @Override
    public void handle(String payload) {}
  }

  private static final class Other extends One {}
}
