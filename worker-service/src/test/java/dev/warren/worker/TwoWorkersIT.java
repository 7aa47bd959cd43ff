package dev.warren.worker;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskEvent.Kind;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** How two workers share the work, and what they say of it. */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class TwoWorkersIT {

  private final SenderStub sender;
  private final List<WorkerProcess> workers;

  TwoWorkersIT(VirtualHost vhost) throws Exception {
    sender = new SenderStub(vhost).declareTopology();
    workers =
        List.of(
            WorkerProcess.start("worker-1", vhost.uriOf("worker")),
            WorkerProcess.start("worker-2", vhost.uriOf("worker")));
  }

  @BeforeAll
  void start() {
    workers.forEach(WorkerProcess::ready);
  }

  @AfterAll
  void stop() {
    workers.forEach(WorkerProcess::close);
    sender.close();
  }

  @Test
  void alternateOverTasksOfEqualWork() throws Exception {
    var order = new ArrayList<WorkerProcess>();
    for (int i = 0; i < 6; i++) {
      var worker = doneBy(sender.send("Hello " + i));
      await("its acknowledgement") // which comes after the outcome, and so after the line
          .until(() -> worker.get("/actuator/info").contains("\"holding\":[]"));
      order.add(worker);
    }

    assertThat(order.subList(0, 2)).containsExactlyInAnyOrderElementsOf(workers);
    assertThat(order.subList(2, 4)).isEqualTo(order.subList(0, 2));
    assertThat(order.subList(4, 6)).isEqualTo(order.subList(0, 2));
  }

  @Test
  void giveABusyWorkerNoSecondTask() throws Exception {
    var longTask = sender.send("long.....");
    var busy = receivedBy(longTask);
    var free = workers.stream().filter(not(busy::equals)).findFirst().orElseThrow();

    var quickTasks = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      quickTasks.add(sender.send("quick " + i));
    }

    quickTasks.forEach(free::awaitDone);
    assertThat(busy.did(longTask)).isFalse();
    assertThat(busy.get("/actuator/info"))
        .matches(
            "(?s).*\"worker\":\\{(?=.*\"name\":\"%s\")(?=.*\"holding\":\\[\\{\"id\":\"%s\",\"type\":\"message\",\"queue\":\"default\",\"since\":\"20[^\"]*Z\"[^]]*\\}\\]).*"
                .formatted(busy, longTask));
    busy.awaitDone(longTask);
    assertThat(busy.get("/actuator/info")).contains("\"holding\":[]");
  }

  @Test
  void sayWhenATaskIsReceivedAndWhenItIsDone() throws Exception {
    var id = sender.send("Hello \"RabbitMQ\"!.");

    var worker = doneBy(id);
    var lines = worker.rawLines().stream().filter(line -> line.contains(id)).toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .matches("20\\S+Z  INFO \\d+ --- \\[" + worker + "\\] \\[.*\\] \\S+ +: .*")
        .endsWith(
            ": %s received %s message \"Hello \\\"RabbitMQ\\\"!.\" attempt=1 redelivered=false delivery=1"
                .formatted(worker, id));
    assertThat(lines.get(1)).matches(".* : %s done %s in 1\\.\\ds".formatted(worker, id));
  }

  @Test
  void writeATasksTextAsOneHarmlessLine() throws Exception {
    var text = "a\r\nworker-9 done \u001b[31mred\u0000\u2028\u202e" + "x".repeat(300);
    var id = sender.send(text);

    var worker = doneBy(id);
    var line = worker.awaitReceived(id);
    assertThat(line)
        .contains("\"a\\u000d\\u000aworker-9 done \\u001b[31mred\\u0000\\u2028\\u202ex")
        .endsWith("x...(" + text.length() + " characters)\" attempt=1 redelivered=false delivery=1")
        .matches("\\P{Cntrl}*");
    assertThat(worker.rawLines()).noneMatch(each -> each.startsWith("worker-9"));
  }

  @Test
  void doTheTaskOfTheContractsGoldenFile() throws Exception {
    var id = sender.send(SenderStub.golden("message-task.json"));

    assertThat(doneBy(id).awaitReceived(id))
        .endsWith("message \"Hello RabbitMQ!...\" attempt=3 redelivered=false delivery=1");
  }

  @Test
  void countWhatTheyDo() throws Exception {
    var before = counted("warren_tasks_done_total{type=\"message\"}");
    var timed = counted("warren_task_duration_seconds_count");
    var buried = counted("warren_tasks_buried_total{reason=\"unknown-type\"}");
    var failed = counted("warren_tasks_failed_total{outcome=\"permanent\",type=\"message\"}");

    sender.send("nothing", "{}");
    sender.takeBuried();
    sender.awaitEvent(sender.send("message", "{}"), Kind.FAILED);
    doneBy(sender.send("Hello"));
    doneBy(sender.send("Hello"));

    assertThat(counted("warren_tasks_done_total{type=\"message\"}")).isEqualTo(before + 2);
    assertThat(counted("warren_task_duration_seconds_count")).isEqualTo(timed + 2);
    assertThat(counted("warren_tasks_buried_total{reason=\"unknown-type\"}")).isEqualTo(buried + 1);
    assertThat(counted("warren_tasks_failed_total{outcome=\"permanent\",type=\"message\"}"))
        .isEqualTo(failed + 1);
    assertThat(counted("warren_tasks_failed_total{outcome=\"retryable\",type=\"message\"}"))
        .isZero();
    assertThat(counted("warren_tasks_failed_total{outcome=\"timed-out\",type=\"message\"}"))
        .isZero();
    assertThat(counted("warren_tasks_expired_total")).isZero();
    assertThat(counted("warren_handlers_abandoned")).isZero();
  }

  @Test
  void showHealthInfoAndMetricsAndNothingElse() {
    var worker = workers.get(0);
    assertThat(worker.status("/actuator/health/liveness")).isEqualTo(200);
    assertThat(worker.status("/actuator/health/readiness")).isEqualTo(200);
    assertThat(List.of("/actuator/env", "/actuator/beans", "/actuator/loggers", "/"))
        .allSatisfy(path -> assertThat(worker.status(path)).isEqualTo(404));
    assertThat(worker.get("/actuator/info")).contains("\"version\"");
  }

  private double counted(String metric) {
    var values =
        workers.stream()
            .flatMap(worker -> worker.get("/actuator/prometheus").lines())
            .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .toArray();
    assertThat(values).as(metric).isNotEmpty();
    return Arrays.stream(values).sum();
  }

  private WorkerProcess doneBy(String id) {
    return theOneThat("does " + id, worker -> worker.did(id));
  }

  private WorkerProcess receivedBy(String id) {
    return theOneThat("receives " + id, worker -> worker.received(id));
  }

  private WorkerProcess theOneThat(String what, Predicate<WorkerProcess> condition) {
    return await(what)
        .atMost(Duration.ofSeconds(120))
        .until(() -> workers.stream().filter(condition).findFirst(), Optional::isPresent)
        .orElseThrow();
  }
}
