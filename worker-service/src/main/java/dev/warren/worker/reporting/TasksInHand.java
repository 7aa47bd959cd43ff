package dev.warren.worker.reporting;

import dev.warren.contract.TaskMessage;
import dev.warren.worker.WorkerProperties;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.stereotype.Component;

/** What this worker holds now; {@code worker} in {@code GET /actuator/info}. */
@Component
public final class TasksInHand implements InfoContributor {

  private final String worker;
  private final Clock clock = Clock.systemUTC();
  private final Map<TaskMessage, Instant> held = new ConcurrentHashMap<>();

  TasksInHand(WorkerProperties properties) {
    this.worker = properties.name();
  }

  public void add(TaskMessage task) {
    held.put(task, clock.instant());
  }

  public void remove(TaskMessage task) {
    held.remove(task);
  }

  @Override
  public void contribute(Info.Builder builder) {
    var holding =
        held.entrySet().stream().map(each -> Holding.of(each.getKey(), each.getValue())).toList();
    builder.withDetail("worker", Map.of("name", worker, "holding", holding));
  }

  private record Holding(String id, String type, Instant since) {
    static Holding of(TaskMessage task, Instant since) {
      return new Holding(LogText.of(task.id()), LogText.of(task.type()), since);
    }
  }
}
