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
    var first = replies.expect("a", LONG);
    var second = replies.expect("a", LONG);
    var other = replies.expect("b", LONG);
    assertThat(second).isCompletedWithValueMatching(outcome -> outcome.isEmpty());

    var event = succeeded("a");
    replies.received(event);

    assertThat(first.join()).contains(event);
    assertThat(other).isNotDone();
    replies.close();
    assertThat(other.join()).isEmpty();
  }

  @Test
  void areExpectedAgain_onceTheFirstHasHungUp() {
    var first = replies.expect("a", LONG);
    replies.hangUp("a");
    assertThat(first.join()).isEmpty();
    replies.hangUp("a");
    var again = replies.expect("a", LONG);
    replies.received(succeeded("a"));
    assertThat(again.join()).isPresent();
  }

  private static TaskEvent succeeded(String id) {
    var now = Instant.now();
    var task = TaskMessage.of(id, "message", "default", now, "{}".getBytes(UTF_8));
    return new TaskEvent(Kind.SUCCEEDED, task, 1, "w", now, now, null, null, "1".getBytes(UTF_8));
  }
}
