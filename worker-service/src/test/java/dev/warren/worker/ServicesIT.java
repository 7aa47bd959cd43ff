package dev.warren.worker;

import static dev.warren.contract.TaskTypes.ADD;
import static dev.warren.contract.TaskTypes.DIVIDE;
import static dev.warren.contract.TaskTypes.INFO;
import static dev.warren.contract.TaskTypes.LOGARITHM;
import static dev.warren.contract.TaskTypes.MEAN;
import static dev.warren.contract.TaskTypes.MULTIPLY;
import static dev.warren.contract.TaskTypes.POWER;
import static dev.warren.contract.TaskTypes.SEARCH;
import static dev.warren.contract.TaskTypes.SUBTRACT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.testbroker.BrokerExtension;
import dev.warren.testbroker.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The services, each on its own queue, at two workers: one has all of them, one the calculator. */
@ExtendWith(BrokerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class ServicesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final VirtualHost vhost;
  private final SenderStub sender;
  private final List<WorkerProcess> workers = new ArrayList<>();

  ServicesIT(VirtualHost vhost) throws Exception {
    this.vhost = vhost;
    sender = new SenderStub(vhost).declareTopology();
  }

  @BeforeAll
  void start() throws Exception {
    for (var queue : List.of("calculator", "directory", "system")) {
      sender.declareWorkQueue(queue);
    }
    start("all", "");
    start("calculator", "calculator");
    workers.forEach(WorkerProcess::ready);
  }

  @AfterAll
  void stop() {
    workers.forEach(WorkerProcess::close);
    sender.close();
  }

  @Test
  void answer() throws Exception {
    assertAnswer(ADD, "{'a': 10, 'b': 5}", "{'value':15}");
    assertAnswer(SUBTRACT, "{'a': 0.3, 'b': 0.1}", "{'value':0.2}");
    assertAnswer(MULTIPLY, "{'a': 1e200, 'b': -1e200}", "{'value':-1E+400}");
    assertAnswer(DIVIDE, "{'a': 1, 'b': 3}", "{'value':0.3333333333333333333333333333333333}");
    assertAnswer(
        POWER, "{'base': 2, 'exponent': 100}", "{'value':1267650600228229401496703205376}");
    assertAnswer(LOGARITHM, "{'value': 1000, 'base': 10}", "{'value':3}");
    assertAnswer(MEAN, "{'numbers': [1, 2, 3, 4]}", "{'value':2.5}");
    assertAnswer(
        SEARCH,
        "{'name': 'joao'}",
        "{'matches':[{'name':'João Pereira','age':33,'city':'Lisboa'},"
            + "{'name':'João Silva','age':48,'city':'Rio de Janeiro'}]}");
    assertAnswer(SEARCH, "{'name': 'nobody'}", "{'matches':[]}");
  }

  @Test
  void tellWhatTheyRunOn() throws Exception {
    var info = JsonMapper.shared().readTree(resultOf(sender.call(INFO, "{}")));

    assertThat(info.get("worker").asString()).isEqualTo("all");
    assertThat(info.get("jdk").asString()).isEqualTo(System.getProperty("java.runtime.version"));
    assertThat(info.get("uptime").asString()).startsWith("PT");
  }

  /** As they come from whoever did not send them by the API, which refuses most of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "calculator.divide | {'a': 1, 'b': 0.0} | division-by-zero | nothing can be divided by 0",
        "calculator.power | {'base': 0, 'exponent': -1} | division-by-zero | 0 has no power",
        "calculator.power | {'base': -4, 'exponent': 0.5} | power-undefined | a number below 0",
        "calculator.power | {'base': 9, 'exponent': 999999999} | number-out-of-range | the result's",
        "calculator.multiply | {'a': 1e300, 'b': 1e300} | number-out-of-range | the result is about",
        "calculator.logarithm | {'value': 0} | logarithm-undefined | a number has a logarithm",
        "calculator.logarithm | {'value': 5, 'base': 1} | logarithm-undefined | a logarithm's base",
        "calculator.mean | {'numbers': []} | empty-list | no numbers have no mean",
        "calculator.mean | {'numbers': [1, NaN]} | InvalidPayload | must fit the type: Non-standard",
        "calculator.mean | {'numbers': [1, '2']} | InvalidPayload | numbers[1] must fit the type",
        "calculator.add | {'a': 1e999999999, 'b': 1} | InvalidPayload | a must have at most 100",
        "calculator.add | {'a': 1} | InvalidPayload | b must not be null",
        "directory.search | {'name': ' '} | InvalidPayload | name must not be blank",
        "system.info | [] | InvalidPayload | must fit the type",
      })
  void failForGood_sayingWhy(String type, String payload, String code, String message)
      throws Exception {
    var id = sender.call(TaskTypes.named(type).orElseThrow(), payload.replace('\'', '"'));

    var failure = sender.awaitEvent(id, Kind.FAILED).requireFailure();

    assertThat(failure.errorClass()).isEqualTo(code);
    assertThat(failure.message()).startsWith(message);
    assertThat(failure.permanent()).isTrue();
  }

  @Test
  void shareTheWorkOfOne() throws Exception {
    var by = new HashSet<String>();
    await()
        .atMost(Duration.ofSeconds(120))
        .until(
            () -> {
              by.add(workerOf(sender.call(ADD, "{\"a\": 1, \"b\": 1}")));
              return by.size() == 2;
            });

    assertThat(by).containsExactlyInAnyOrder("all", "calculator");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void letCallsWait_whileOneIsStopped_andTheOthersGoOn() throws Exception {
    var all = workers.get(0);
    all.terminate();
    assertThat(all.exitCode()).isEqualTo(143);
    var waiting = new ArrayList<String>();
    for (var name : List.of("joao", "silva", "nobody")) {
      waiting.add(sender.call(SEARCH, "{\"name\": \"%s\"}".formatted(name)));
    }

    assertThat(workerOf(sender.call(ADD, "{\"a\": 1, \"b\": 1}"))).isEqualTo("calculator");
    await("the calls in the queue").atMost(PATIENCE).until(() -> waitingIn("directory") == 3);
    assertThat(waiting).allSatisfy(id -> assertThat(sender.events(id)).isEmpty());
    start("directory", "directory");

    for (var id : waiting) {
      assertThat(workerOf(id)).isEqualTo("directory");
    }
  }

  private void start(String name, String queues) {
    workers.add(WorkerProcess.start(name, vhost.uri(), Map.of("WORKER_QUEUES", queues)));
  }

  private int waitingIn(String queue) {
    return vhost.onChannel(
        channel -> channel.queueDeclarePassive(TaskTopology.queueOf(queue)).getMessageCount());
  }

  private void assertAnswer(TaskType<?, ?> type, String payload, String result) throws Exception {
    var id = sender.call(type, payload.replace('\'', '"'));
    assertThat(resultOf(id)).as(type.name()).isEqualTo(result.replace('\'', '"'));
  }

  private String resultOf(String id) {
    return new String(sender.awaitEvent(id, Kind.SUCCEEDED).body(), UTF_8);
  }

  private String workerOf(String id) {
    return sender.awaitEvent(id, Kind.SUCCEEDED).worker();
  }
}
