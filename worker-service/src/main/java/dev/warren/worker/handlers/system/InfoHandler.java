package dev.warren.worker.handlers.system;

import com.sun.management.OperatingSystemMXBean;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.system.InfoPayload;
import dev.warren.contract.system.InfoResult;
import dev.warren.worker.WorkerProperties;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Tells what this worker runs on, and for how long. */
@Component
final class InfoHandler implements TaskHandler<InfoPayload, InfoResult> {

  private final String worker;

  InfoHandler(WorkerProperties properties) {
    worker = properties.name();
  }

  @Override
  public TaskType<InfoPayload, InfoResult> type() {
    return TaskTypes.INFO;
  }

  @Override
  public String describe(InfoPayload payload) {
    return "";
  }

  @Override
  public InfoResult handle(InfoPayload payload, TaskContext context) {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    var jvm = ManagementFactory.getRuntimeMXBean();
    return new InfoResult(
        worker,
        system.getName(),
        system.getVersion(),
        system.getArch(),
        Runtime.version().toString(),
        system.getAvailableProcessors(),
        system.getTotalMemorySize(),
        system.getFreeMemorySize(),
        Runtime.getRuntime().maxMemory(),
        Duration.ofMillis(jvm.getUptime()));
  }
}
