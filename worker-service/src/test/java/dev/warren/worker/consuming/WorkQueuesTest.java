package dev.warren.worker.consuming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkQueuesTest {

  @Test
  void areThoseOfTheHandlers_whenNoneIsAskedFor() {
    assertThat(WorkQueues.keys(List.of(), List.of("a", "b"))).containsExactly("a", "b");
  }

  @Test
  void areThoseThatAreAskedFor() {
    assertThat(WorkQueues.keys(List.of("mail", "a", "mail"), List.of("a", "b")))
        .containsExactly("mail", "a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dead", "ledger", "scheduled", "Images", "", "-x", "a.b", "ä"})
  void refusesAKeyThatNoQueueOfTasksMayHave(String key) {
    assertThatThrownBy(() -> WorkQueues.keys(List.of("mail", key), List.of()))
        .hasMessageContaining("\"" + key + "\"");
  }
}
