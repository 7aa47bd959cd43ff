package dev.warren.sender.batches;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.sender.problems.RequestRefused;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TaskSplitterTest {

  @Test
  void takesAnArrayApart() {
    assertThat(elements(" [ {\"a\": [1, {\"b\": \"],}\\\"\"}]} ,2,\"x,\\\\\"]\n"))
        .containsExactly("{\"a\": [1, {\"b\": \"],}\\\"\"}]}", "2", "\"x,\\\\\"");
    assertThat(elements("[]")).isEmpty();
    assertThat(elements("[ \n ]")).isEmpty();
  }

  @Test
  void saysWhereAnArrayBreaks() {
    for (var body : List.of("", "{}", "\"[\"")) {
      assertThatThrownBy(() -> elements(body))
          .isInstanceOf(RequestRefused.class)
          .hasMessageContaining("must be a JSON array");
    }
    for (var body : List.of("[", "[1", "[1,", "[\"a]", "[{\"a\": \"\\")) {
      assertThatThrownBy(() -> elements(body))
          .isInstanceOf(RequestRefused.class)
          .hasMessageContaining("ends within");
    }
    assertThatThrownBy(() -> elements("[1] 2")).hasMessageContaining("follows");
  }

  @Test
  void isBrokenByWhatIsNoValue_andNotByOneThatIsRefused() {
    var tasks = TaskSplitter.ofArray(body("[]"), 10);
    for (var text : List.of("{\"a\":1", "", "1 2", "{\"a\":}", "\"".repeat(3))) {
      assertThat(tasks.isBrokenBy(text.getBytes(UTF_8))).as(text).isTrue();
    }
    assertThat(tasks.isBrokenBy("{\"a\":1}".getBytes(UTF_8))).isFalse();
    assertThat(tasks.isBrokenBy("{\"1\":\"1234\"}".getBytes(UTF_8))).isTrue(); // too long
    assertThat(TaskSplitter.ofLines(body(""), 10).isBrokenBy(new byte[0])).isFalse();
  }

  @Test
  void takesLinesApart() {
    assertThat(lines("{}\r\n\n  {\"a\": \n1")).containsExactly("{}", "{\"a\":", "1");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n \n")).isEmpty();
  }

  @Test
  void keepsNoMoreThanOneByteTooMany() {
    var tasks = TaskSplitter.ofLines(body("x".repeat(500) + "\ny"), 10);
    assertThat(tasks.next()).hasSize(11);
    assertThat(tasks.next()).isEqualTo("y".getBytes(UTF_8));
  }

  @Test
  void readsNoMoreThanAllowed() {
    var input = new ByteArrayInputStream("[1, 2]".getBytes(UTF_8));
    var tooLarge =
        TaskSplitter.ofArray(new BatchBody(input, 5, System.nanoTime() + 1_000_000_000_000L), 10);
    assertThatThrownBy(tooLarge::next).hasMessageContaining("at most 5 bytes");
    var late = new BatchBody(new ByteArrayInputStream(new byte[1]), 5, System.nanoTime());
    assertThatThrownBy(late::read).hasMessageContaining("faster");
  }

  @Test
  void makesTheSameIdsOfTheSameBatch() {
    var batch = UUID.fromString("01936f3e-8a00-7123-8000-000000000001");
    var id = KeyedLines.idOf(batch, 7);
    assertThat(id).startsWith("01936f3e-8a00-7").isEqualTo(KeyedLines.idOf(batch, 7));
    assertThat(UUID.fromString(id).version()).isEqualTo(7);
    assertThat(UUID.fromString(id).variant()).isEqualTo(2);
    assertThat(id).isNotEqualTo(KeyedLines.idOf(batch, 8));
    assertThat(id).isNotEqualTo(KeyedLines.idOf(UUID.randomUUID(), 7));
  }

  private static List<String> elements(String body) {
    return all(TaskSplitter.ofArray(body(body), 1000));
  }

  private static List<String> lines(String body) {
    return all(TaskSplitter.ofLines(body(body), 1000)).stream().map(String::strip).toList();
  }

  private static List<String> all(TaskSplitter tasks) {
    var all = new ArrayList<String>();
    for (var task = tasks.next(); task != null; task = tasks.next()) {
      all.add(new String(task, UTF_8).strip());
    }
    return all;
  }

  private static BatchBody body(String text) {
    var input = new ByteArrayInputStream(text.getBytes(UTF_8));
    return new BatchBody(input, 1000, System.nanoTime() + 1_000_000_000_000L);
  }
}
