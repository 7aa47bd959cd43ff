package dev.warren.sender.replies;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskMessage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RepliesTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final Replies replies = new Replies(new SimpleMeterRegistry());

  @Test
  void bringEachOutcomeToTheFirstWhoWaitsForIt() {
    var first = replies.expect(task("a"), LONG);
    var second = replies.expect(task("a"), LONG);
    var other = replies.expect(task("b"), LONG);
    assertThat(second).isCompletedWithValueMatching(outcome -> outcome.isEmpty());

    replies.received(succeeded("a"));

    assertThat(first.join()).hasValueSatisfying(end -> assertThat(end.id()).isEqualTo("a"));
    assertThat(other).isNotDone();
    replies.close();
    assertThat(other.join()).isEmpty();
  }

  @Test
  void areExpectedAgain_onceTheFirstHasHungUp() {
    var first = replies.expect(task("a"), LONG);
    replies.hangUp("a");
    assertThat(first.join()).isEmpty();
    replies.hangUp("a");
    var again = replies.expect(task("a"), LONG);
    replies.received(succeeded("a"));
    assertThat(again.join()).isPresent();
  }

  private static TaskEvent succeeded(String id) {
    var now = Instant.now();
    return new TaskEvent(
        Kind.SUCCEEDED, task(id), 1, "w", now, now, null, null, "1".getBytes(UTF_8));
  }

  private static TaskMessage task(String id) {
    return TaskMessage.of(id, "message", "default", Instant.now(), "{}".getBytes(UTF_8));
  }
}
