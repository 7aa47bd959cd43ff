package dev.warren.worker.handlers.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.system.InfoPayload;
import dev.warren.worker.WorkerProperties;
import dev.warren.worker.handlers.TestContext;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class InfoHandlerTest {

  private final InfoHandler handler =
      new InfoHandler(
          new WorkerProperties("worker-1", Duration.ofSeconds(60), List.of(), false, ""));

  @Test
  void tellsWhatItRunsOn() {
    var info = handler.handle(new InfoPayload(), TestContext.ofAttempt(1));

    assertThat(info.worker()).isEqualTo("worker-1");
    assertThat(info.os()).isEqualTo(System.getProperty("os.name"));
    assertThat(info.osVersion()).isEqualTo(System.getProperty("os.version"));
    assertThat(info.architecture()).isEqualTo(System.getProperty("os.arch"));
    assertThat(info.jdk()).isEqualTo(System.getProperty("java.runtime.version"));
    assertThat(info.cores()).isPositive();
    assertThat(info.memoryBytes()).isGreaterThan(info.freeMemoryBytes());
    assertThat(info.freeMemoryBytes()).isPositive();
    assertThat(info.maxHeapBytes()).isPositive();
    assertThat(info.uptime()).isPositive();
  }

  @Test
  void tellsTheUptimeAsAnyDuration() {
    var info = handler.handle(new InfoPayload(), TestContext.ofAttempt(1));

    assertThat(JsonMapper.shared().valueToTree(info).get("uptime").asString())
        .isEqualTo(info.uptime().toString());
  }
}
