package dev.warren.worker.reporting;

import dev.warren.contract.Execution;
import dev.warren.worker.WorkerProperties;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.stereotype.Component;

/** What this worker holds now; {@code worker} in {@code GET /actuator/info}. */
@Component
public final class TasksInHand implements InfoContributor {

  private final String worker;
  private final Clock clock = Clock.systemUTC();
  private final Set<Holding> held = ConcurrentHashMap.newKeySet();

  TasksInHand(WorkerProperties properties) {
    this.worker = properties.name();
  }

  /**
   * Notes a delivery, whatever it may turn out to be; the answer is for {@link #remove}.
   *
   * @param queue key of the queue that it came from
   * @param delivery 1 at the first, of this execution
   */
  public Holding add(
      @Nullable String id, @Nullable String type, String queue, Execution execution, int delivery) {
    var holding = new Holding(text(id), text(type), queue, clock.instant(), execution, delivery);
    held.add(holding);
    return holding;
  }

  public void remove(Holding holding) {
    held.remove(holding);
  }

  /** All that is held, the longest held first. */
  public List<Holding> held() {
    return held.stream().sorted(Comparator.comparing(Holding::since)).toList();
  }

  @Override
  public void contribute(Info.Builder builder) {
    builder.withDetail("worker", Map.of("name", worker, "holding", held()));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : LogText.of(text);
  }

  /** One delivery that is not settled yet. */
  public record Holding(
      String id, String type, String queue, Instant since, Execution execution, int delivery) {}
}
