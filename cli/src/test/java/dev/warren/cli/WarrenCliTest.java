package dev.warren.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.cli.output.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarrenCliTest {

  private final TestApi api = new TestApi();
  private TestScreen screen = new TestScreen();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void printsTheResultOfACall() {
    api.answers(200, "{\"value\":15}");

    assertThat(run("calculator.add", "10", "5")).isZero();

    assertThat(screen.out()).isEqualToIgnoringNewLines("15");
    assertThat(screen.err()).isEmpty();
    assertThat(api.asked(0).line()).isEqualTo("POST /v1/calls/calculator.add");
    assertThat(api.asked(0).body()).isEqualTo("{\"a\":10,\"b\":5}");
    assertThat(api.asked(0).header("Prefer")).isEqualTo("wait=10");
    assertThat(api.asked(0).header("Authorization")).isEmpty();
  }

  @Test
  void takesOptionsBeforeAndBehindTheType() {
    api.answers(200, "{\"value\":-2.5}").answers(200, "{\"value\":-2.5}");

    assertThat(run("--json", "--wait", "3", "calculator.add", "-1", "-1.5")).isZero();
    assertThat(run("calculator.add", "-1", "--wait=3", "-1.5", "--json", "--key", "k")).isZero();

    assertThat(screen.out()).isEqualToIgnoringNewLines("{\"value\":-2.5}");
    assertThat(api.asked(0).header("Prefer")).isEqualTo("wait=3");
    assertThat(api.asked(1).header("Prefer")).isEqualTo("wait=3");
    assertThat(api.asked(1).header("Authorization")).isEqualTo("Bearer k");
  }

  @Test
  void takesNoWordBehindATypeForACommand() {
    api.answers(200, "{\"matches\":[]}");

    assertThat(run("directory.search", "get", "workers")).isZero();

    assertThat(api.asked(0).body()).isEqualTo("{\"name\":\"get workers\"}");
    assertThat(screen.out()).isEqualToIgnoringNewLines("no matches");
  }

  @Test
  void readsThePayloadFromTheStandardInput() {
    screen = new TestScreen("{\"message\":", "\"Hello.\"}");
    api.answers(200, "null");

    assertThat(run("message", "-")).isZero();

    assertThat(api.asked(0).body()).isEqualTo("{\"message\":\"Hello.\"}");
  }

  @Test
  void printsAResultThatIsNoJson() {
    api.bytes("no JSON\u001b");

    assertThat(run("resize", "{}")).isZero();

    assertThat(screen.out()).isEqualToIgnoringNewLines("no JSON\\u001b");
  }

  @Test
  void saysHowToGetIt_whenNobodyHasAnswered() {
    api.answers(202, "{\"id\":\"t-1\",\"state\":\"QUEUED\"}");

    assertThat(run("calculator.add", "10", "5", "--wait", "2")).isEqualTo(3);

    assertThat(screen.out()).isEmpty();
    assertThat(screen.err())
        .contains("Not answered yet", "scripts/call get t-1 --wait 60")
        .doesNotContain("within"); // the API may let go of it sooner
  }

  @Test
  void printsCodeAndDetail_whenTheServiceFails() {
    var failure =
        "{\"type\":\"urn:warren:problem:call-failed\",\"code\":\"division-by-zero\","
            + "\"detail\":\"1 / 0\",\"taskId\":\"t-1\"}";
    api.answers(422, failure).answers(422, failure);

    assertThat(run("calculator.divide", "1", "0")).isEqualTo(1);
    assertThat(screen.err()).isEqualToIgnoringNewLines("division-by-zero: 1 / 0");
    assertThat(screen.out()).isEmpty();

    assertThat(run("calculator.divide", "1", "0", "--json")).isEqualTo(1);
    assertThat(Json.text(Json.read(screen.out()), "code")).isEqualTo("division-by-zero");
    assertThat(Json.text(Json.read(screen.out()), "taskId")).isEqualTo("t-1");
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid-request, 2",
    "401, key-needed, 2",
    "404, unknown-type, 2",
    "500, internal-error, 4",
    "503, broker-unavailable, 4",
  })
  void saysWhatToChange(int status, String code, int exit) {
    api.answers(status, "{\"type\":\"urn:warren:problem:" + code + "\",\"detail\":\"Do this.\"}");

    assertThat(run("calculator.add", "10", "5")).isEqualTo(exit);

    assertThat(screen.err()).startsWith(code + ": Do this.");
    assertThat(screen.err().contains("WARREN_KEY")).isEqualTo(status == 401);
  }

  @Test
  void namesTheTask_whenItsOutcomeIsUnknown() {
    api.answers(
        504, "{\"type\":\"urn:warren:problem:unconfirmed\",\"detail\":\"x\",\"id\":\"t-1\"}");

    assertThat(run("calculator.add", "10", "5")).isEqualTo(4);

    assertThat(screen.err()).contains("unconfirmed: x", "scripts/call get t-1");
  }

  @Test
  void saysScriptsUp_whenNobodyAnswers() {
    api.close();

    assertThat(run("calculator.add", "10", "5")).isEqualTo(4);

    assertThat(screen.err()).contains("nobody answers at " + api.url(), "scripts/up");
  }

  @Test
  void saysWhatFailed_whereThereIsNoTls() throws Exception {
    try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture.runAsync(
          () -> {
            try (var client = plain.accept()) {
              client.getOutputStream().write("HTTP/1.1 400 \r\n\r\n".getBytes(US_ASCII));
              client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });

      var url = "https://127.0.0.1:" + plain.getLocalPort();
      assertThat(run("calculator.add", "10", "5", "--url", url)).isEqualTo(4);

      assertThat(screen.err()).contains("tls: TLS with " + url + " failed: ");
    }
  }

  @ParameterizedTest
  @CsvSource({"200, no JSON", "404, http-404"})
  void doubtsThatItIsWarren(int status, String text) {
    api.answers(status, "<html>");

    assertThat(run("calculator.add", "10", "5")).isIn(2, 4);

    assertThat(screen.err()).contains(text, "is that Warren's API?");
  }

  @Test
  void obeysNothingThatWasAnswered() {
    var evil = "\\u001b]0;x\\u0007\\u009b31m";
    var task = "{\"id\":\"" + evil + "\",\"error\":{\"class\":\"" + evil + "\",\"message\":\"\"}}";
    api.answers(200, "{\"value\":\"" + evil + "\"}")
        .answers(200, "{\"value\":\"" + evil + "\"}")
        .answers(422, "{\"code\":\"" + evil + "\",\"detail\":\"" + evil + "\"}")
        .answers(404, "{\"type\":\"urn:" + evil + "\",\"detail\":\"" + evil + "\"}")
        .answers(202, "{\"id\":\"" + evil + "\"}")
        .answers(200, "{\"data\":[" + task + "]}")
        .answers(200, "{\"data\":[{\"name\":\"" + evil + "\"}]}")
        .streams("data: {\"kind\":\"" + evil + "\"}\n\nevent: end\ndata: {}\n\n", false);

    for (var line :
        new String[] {
          "system.info",
          "system.info --json",
          "system.info",
          "system.info",
          "send system.info",
          "dead-letters",
          "workers",
          "watch t-1"
        }) {
      run(line.split(" "));
      assertThat(screen.out() + screen.err())
          .as(line)
          .contains("\\u009b31m")
          .doesNotContain("\u001b", "\u0007", "\u009b");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "calculator.add 1",
        "calculator.add 1 x",
        "calculator.add 1 2 --wait 61",
        "calculator.add 1 2 --wait x",
        "calculator.add 1 2 --colour",
        "calculator.add 1 2 --url ftp://here",
        "calculator.add 1 2 --url nowhere",
        "calculator.add 1 2 --url http://127.0.0.1:65536",
        "calculator.add 1 2 --grpc --grpc-address nowhere",
        "calculator.add 1 2 --grpc --grpc-address 127.0.0.1:65536",
        "calculator.add 1 2 --grpc --grpc-address http://127.0.0.1:9090",
        "calculator.add 1 2 --key \u043a",
        "calculator.add 1 2 --grpc --key a\nb",
        "message Hello",
        "get",
        "get a b",
        "send",
        "send message {} --priority x",
        "watch",
        "workers --grpc",
        "dead-letters --grpc",
      })
  void asksNobody_whenTheCommandLineIsWrong(String line) {
    assertThat(run(line.split(" "))).isEqualTo(2);

    assertThat(api.count()).isZero();
    assertThat(screen.err()).isNotEmpty().doesNotContain("\tat ");
    assertThat(screen.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "calculator.add --help", "get --help", "--json send -h"})
  void hasHelp(String line) {
    assertThat(run(line.split(" "))).isZero();

    assertThat(screen.out()).contains("Usage: scripts/call").doesNotContain("\u001b");
    assertThat(api.count()).isZero();
  }

  @Test
  void tellsInItsHelpAllServicesCommandsAndExitCodes() {
    run("--help");

    assertThat(screen.out())
        .contains("calculator.logarithm VALUE [BASE]", "directory.search NAME", "system.info")
        .contains("send", "get", "watch", "dead-letters", "workers", "3   not answered yet");
  }

  @Test
  void showsTheMenu_whenNothingIsSaid() {
    screen = new TestScreen("divide 1 0", "add 1 2", "quit");
    api.answers(422, "{\"code\":\"division-by-zero\",\"detail\":\"1 / 0\"}")
        .answers(200, "{\"value\":3}");

    assertThat(WarrenCli.run(screen.screen(), "--url", api.url())).isZero();

    assertThat(screen.err()).contains("division-by-zero: 1 / 0");
    assertThat(screen.out()).contains("> 3");
  }

  @Test
  void sendsATaskAndPrintsItsId() {
    api.answers(202, "{\"id\":\"t-1\",\"state\":\"SCHEDULED\"}");

    assertThat(
            run(
                "send",
                "message",
                "{\"message\":\".\"}",
                "--queue",
                "mail",
                "--delay",
                "5",
                "--priority",
                "7",
                "--id",
                "own",
                "--label",
                "a=b",
                "--label",
                "c=d"))
        .isZero();

    assertThat(screen.out()).isEqualToIgnoringNewLines("t-1");
    assertThat(api.asked(0).line()).isEqualTo("POST /v1/tasks");
    assertThat(api.asked(0).body())
        .isEqualTo(
            "{\"type\":\"message\",\"payload\":{\"message\":\".\"},\"taskId\":\"own\","
                + "\"queue\":\"mail\",\"priority\":7,\"delaySeconds\":5,"
                + "\"labels\":{\"a\":\"b\",\"c\":\"d\"}}");
  }

  @Test
  void sendsAndWaits() {
    api.answers(200, "{\"id\":\"t-1\",\"state\":\"SUCCEEDED\",\"result\":{\"value\":3}}");

    assertThat(run("send", "calculator.add", "1", "2", "--wait", "5")).isZero();

    assertThat(screen.out()).isEqualToIgnoringNewLines("3");
    assertThat(api.asked(0).header("Prefer")).isEqualTo("wait=5");
  }

  @Test
  void sendsACallThatDoesNotWait() {
    api.answers(202, "{\"id\":\"t-1\",\"state\":\"QUEUED\"}");

    assertThat(run("calculator.add", "1", "2", "--wait", "0")).isEqualTo(3);

    assertThat(api.asked(0).line()).isEqualTo("POST /v1/calls/calculator.add");
    assertThat(api.asked(0).header("Prefer")).isEqualTo("wait=0");
    assertThat(screen.err()).contains("Not answered yet", "t-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"state\":\"SUCCEEDED\",\"result\":{\"value\":3}} | 0 | 3",
        "{\"state\":\"SUCCEEDED\"} | 0 | Done; there is no result.",
        "{\"state\":\"SUCCEEDED\",\"result\":null} | 0 | Done; there is no result.",
        "{\"state\":\"SUCCEEDED\",\"resultBase64\":\"AAE=\"} | 0 | AAE=",
        "{\"state\":\"RUNNING\"} | 3 | Not answered yet",
        "{\"state\":\"DEAD\",\"error\":{\"class\":\"division-by-zero\",\"message\":\"1 / 0\"}} | 1 | division-by-zero: 1 / 0",
        "{\"state\":\"CANCELLED\"} | 1 | cancelled: the task is CANCELLED",
      },
      quoteCharacter = '`')
  void getsATask(String task, int exit, String text) {
    api.answers(200, task).answers(200, task);

    assertThat(run("get", "t-1")).isEqualTo(exit);
    assertThat(screen.out() + screen.err()).contains(text);
    assertThat(api.asked(0).line()).isEqualTo("GET /v1/tasks/t-1");

    assertThat(run("get", "t/1", "--wait", "7", "--json")).isEqualTo(exit);
    assertThat(screen.out()).isEqualToIgnoringNewLines(task);
    assertThat(api.asked(1).line()).isEqualTo("GET /v1/tasks/t%2F1?wait=7");
  }

  @Test
  void watchesATaskToItsEnd() {
    api.streams(
        """
        : hello

        id: 0
        event: queued
        data: {"kind":"queued","state":"QUEUED","time":"T0","attempt":1}

        id: 5
        event: failed
        data: {"kind":"failed","state":"RETRY_WAIT","time":"T1","attempt":1,"worker":"w","error":{"class":"c","message":"m"},"nextAttemptAt":"T2"}

        id: 6
        event: progress
        data: {"kind":"progress","state":"RUNNING","time":"T3","attempt":2,"worker":"w","progress":{"percent":40,"note":"n"}}

        event: gap
        data: {"after":6,"forgotten":8}

        id: 9
        event: succeeded
        data: {"kind":"succeeded","state":"SUCCEEDED","time":"T4","attempt":2,"worker":"w"}

        event: end
        data: {"state":"SUCCEEDED"}

        """,
        false);

    assertThat(run("watch", "t-1")).isZero();

    assertThat(screen.out().lines())
        .containsExactly(
            "T0  queued",
            "T1  failed  attempt 1 at w  c: m  until T2",
            "T3  progress  attempt 2 at w  40 % n",
            "(what was here is forgotten)",
            "T4  succeeded  attempt 2 at w");
  }

  @Test
  void goesOnBehindTheLastEvent_whenTheStreamBreaks() {
    api.streams(
            "id: 5\nevent: running\ndata: {\"id\":5,\"kind\":\"running\",\"state\":\"RUNNING\"}\n\n"
                + "id: 6\nevent: dead\ndata: {\"id\":6,",
            true)
        .streams(
            "id: 7\nevent: dead\ndata: {\"id\":7,\"kind\":\"dead\",\"state\":\"DEAD\"}\n\n", false)
        .answers(204, "");

    assertThat(run("watch", "t-1", "--json")).isEqualTo(1);

    assertThat(screen.out().lines()).hasSize(2);
    assertThat(screen.err().lines()).hasSize(3); // two breaks, and what came behind the first
    assertThat(api.asked(0).header("Last-event-id")).isEmpty();
    assertThat(api.asked(1).header("Last-event-id")).isEqualTo("5");
    assertThat(api.asked(2).header("Last-event-id")).isEqualTo("7");
  }

  @Test
  void saysThatThereIsNoSuchTask() {
    api.answers(404, "{\"type\":\"urn:warren:problem:not-found\",\"detail\":\"No task t-1.\"}");

    assertThat(run("watch", "t-1")).isEqualTo(2);

    assertThat(screen.err()).startsWith("not-found: No task t-1.");
  }

  @Test
  void listsDeadLetters() {
    api.answers(
            200,
            "{\"data\":[{\"id\":\"t-1\",\"type\":\"x\",\"endedAt\":\"T\",\"deadReason\":\"permanent\","
                + "\"error\":{\"class\":\"c\",\"message\":\"m\"}}],\"nextCursor\":\"n\"}")
        .answers(
            200,
            "{\"data\":[{\"count\":3,\"type\":\"x\",\"lastSeen\":\"T\",\"example\":\"t-1\","
                + "\"error\":{\"class\":\"c\",\"message\":\"m\"}}]}")
        .answers(200, "{\"data\":[],\"nextCursor\":null}");

    assertThat(run("dead-letters", "--type", "a b", "--limit", "1")).isZero();
    assertThat(screen.out()).contains("t-1  x     T      permanent  c: m");
    assertThat(screen.err()).contains("There are more");
    assertThat(api.asked(0).line()).isEqualTo("GET /v1/dead-letters?type=a%20b&limit=1");

    assertThat(run("dead-letters", "--group")).isZero();
    assertThat(screen.out()).contains("3      x     T     t-1     c: m");
    assertThat(api.asked(1).line()).isEqualTo("GET /v1/dead-letters?groupBy=fingerprint");

    assertThat(run("dead-letters")).isZero();
    assertThat(screen.err()).contains("No task has failed for good.");
  }

  @Test
  void listsWorkers() {
    api.answers(
            200,
            "{\"data\":[{\"name\":\"worker-1\",\"state\":\"UP\",\"done\":7,\"failed\":0,"
                + "\"queues\":[\"calculator\",\"system\"],\"slots\":[{\"taskId\":\"t-1\"}]}],"
                + "\"note\":\"There may be more.\"}")
        .answers(200, "{\"data\":[]}");

    assertThat(run("workers")).isZero();
    assertThat(screen.out()).contains("worker-1  UP     7     0       calculator,system  t-1");
    assertThat(screen.err()).contains("There may be more.");

    assertThat(run("workers")).isZero();
    assertThat(screen.err()).contains("No worker has been heard.");
  }

  /** Against the API of this test, on a fresh screen that keeps only what was typed beforehand. */
  private int run(String... args) {
    if (!screen.out().isEmpty() || !screen.err().isEmpty()) {
      screen = new TestScreen();
    }
    var all =
        Arrays.asList(args).contains("--url")
            ? Arrays.stream(args)
            : Stream.concat(Arrays.stream(args), Stream.of("--url", api.url()));
    return WarrenCli.run(screen.screen(), all.toArray(String[]::new));
  }
}
