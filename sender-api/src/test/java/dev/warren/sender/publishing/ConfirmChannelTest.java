package dev.warren.sender.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskTopology;
import dev.warren.contract.WireMessage;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfirmChannelTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final FrameLimit LIMIT = new FrameLimit(4096);
  private static final long PROBE = 1;
  private static final String QUEUE = "default";

  private final AtomicLong published = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private Throwable failure;
  private final ConfirmChannel confirms = new ConfirmChannel(channel(), LIMIT, TIMEOUT, now::get);

  @BeforeEach
  void broker_answers() {
    confirms.tend();
    confirms.confirmed(PROBE, false, true);
  }

  @Test
  void takesNoTaskBeforeTheBrokerHasAnswered() {
    var silent = new ConfirmChannel(channel(), LIMIT, TIMEOUT, now::get);
    silent.tend();
    var outcome = new CompletableFuture<PublishOutcome>();
    silent.publish(task("a"), outcome);
    assertThat(outcome).isCompletedWithValue(PublishOutcome.UNAVAILABLE);
    assertThat(silent.obstacle()).isEqualTo("the broker has not answered yet");
  }

  @Test
  void confirmsOnlyTheOneThatTheBrokerNames() {
    var first = publish("a");
    var second = publish("b");
    confirms.confirmed(PROBE + 2, false, true);
    assertThat(first).isNotDone();
    assertThat(second).isCompletedWithValue(PublishOutcome.CONFIRMED);
  }

  @Test
  void confirmsSeveralAtOnce() {
    var first = publish("a");
    var second = publish("b");
    var third = publish("c");
    confirms.confirmed(PROBE + 2, true, true);
    assertThat(first).isCompletedWithValue(PublishOutcome.CONFIRMED);
    assertThat(second).isCompletedWithValue(PublishOutcome.CONFIRMED);
    assertThat(third).isNotDone();
  }

  @Test
  void tellsANackFromAConfirm() {
    var first = publish("a");
    var second = publish("b");
    confirms.confirmed(PROBE + 2, true, false);
    assertThat(first).isCompletedWithValue(PublishOutcome.NACKED);
    assertThat(second).isCompletedWithValue(PublishOutcome.NACKED);
  }

  @Test
  void tellsAReturnedTaskFromAConfirmedOne() {
    var returned = publish("a");
    var routed = publish("b");
    returned("a");
    confirms.confirmed(PROBE + 2, true, true);
    assertThat(returned).isCompletedWithValue(PublishOutcome.UNROUTABLE);
    assertThat(routed).isCompletedWithValue(PublishOutcome.CONFIRMED);
  }

  @Test
  void leavesTheOutcomeOpen_whenTheChannelIsLost() {
    var first = publish("a");
    confirms.lost();
    assertThat(first).isCompletedWithValue(PublishOutcome.CONNECTION_LOST);
  }

  @Test
  void neverSends_whenTheChannelIsClosed() {
    failure = new AlreadyClosedException(new ShutdownSignalException(true, false, null, null));
    assertThat(publish("a")).isCompletedWithValue(PublishOutcome.UNAVAILABLE);
  }

  @Test
  void leavesTheOutcomeOpen_whenTheWriteFails() {
    failure = new IOException("broken pipe");
    assertThat(publish("a")).isCompletedWithValue(PublishOutcome.CONNECTION_LOST);
  }

  @ParameterizedTest
  @MethodSource("failuresThatWereCounted")
  void takesNothingMore_whenTheClientMayHaveCountedWhatItDidNotSend(Throwable counted) {
    var before = publish("a");
    failure = counted;
    assertThat(publish("b")).isCompletedWithValue(PublishOutcome.CONNECTION_LOST);
    failure = null;
    assertThat(publish("c")).isCompletedWithValue(PublishOutcome.UNAVAILABLE);
    assertThat(confirms.isMiscounted()).isTrue();
    assertThat(before).isNotDone();
    confirms.confirmed(PROBE + 1, false, true);
    assertThat(before).isCompletedWithValue(PublishOutcome.CONFIRMED);
    pass(Duration.ofSeconds(1));
    assertThat(published).hasValue(2); // nor is it probed
  }

  static Stream<Throwable> failuresThatWereCounted() {
    return Stream.of(
        new IllegalArgumentException("Short string too long"),
        new IOException("broken pipe"),
        new StackOverflowError());
  }

  @Test
  void neverSendsWhatCannotBeEncoded() {
    assertThat(publish("\u00e9".repeat(128))).isCompletedWithValue(PublishOutcome.UNSENDABLE);
    assertThat(published).hasValue(1);
    assertThat(confirms.isMiscounted()).isFalse();
    assertThat(publish("\u00e9".repeat(127))).isNotDone();
  }

  @Test
  void refusesWhileAnAlarmBlocks() {
    var before = publish("a");
    confirms.blocked("low on memory");
    assertThat(publish("b")).isCompletedWithValue(PublishOutcome.BLOCKED);
    assertThat(before).isNotDone();
    confirms.blocked(null);
    assertThat(publish("c")).isNotDone();
  }

  @Test
  void givesUpWhatIsOverdueAndRefusesUntilAConfirmComes() {
    var overdue = publish("a");
    pass(TIMEOUT);
    assertThat(overdue).isCompletedWithValue(PublishOutcome.TIMED_OUT);
    assertThat(publish("b")).isCompletedWithValue(PublishOutcome.UNAVAILABLE);
    assertThat(confirms.obstacle()).isEqualTo("the broker does not confirm");

    confirms.confirmed(PROBE + 1, false, true);
    assertThat(overdue).isCompletedWithValue(PublishOutcome.TIMED_OUT);
    assertThat(publish("c")).isNotDone();
  }

  @Test
  void givesUpNothingEarly() {
    var first = publish("a");
    pass(TIMEOUT.minusNanos(1));
    assertThat(first).isNotDone();
  }

  @Test
  void isStalledOnlyPastTheLimitAndNotByAnAlarm() {
    publish("a");
    pass(TIMEOUT.plusSeconds(30).minusNanos(1));
    assertThat(confirms.isStalledFor(Duration.ofSeconds(30))).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(confirms.isStalledFor(Duration.ofSeconds(30))).isTrue();
    confirms.blocked("low on disk");
    assertThat(confirms.isStalledFor(Duration.ofSeconds(30))).isFalse();
  }

  @Test
  void probesOnceASecond_whenNothingElseIsPublished() {
    pass(Duration.ofMillis(999));
    assertThat(published).hasValue(1);
    pass(Duration.ofMillis(1));
    assertThat(published).hasValue(2);
    pass(Duration.ofSeconds(1));
    assertThat(published).hasValue(2); // the last one is not confirmed yet
    assertThat(confirms.obstacle()).isNull();
    pass(TIMEOUT.minusSeconds(1));
    assertThat(confirms.obstacle()).isEqualTo("the broker does not confirm");
  }

  @Test
  void doesNotProbe_whileAnAlarmBlocks() {
    confirms.blocked("low on memory");
    pass(Duration.ofSeconds(10));
    assertThat(published).hasValue(1);
  }

  @Test
  void isNotStalledByAnAlarmThatHasJustEnded() {
    publish("a");
    confirms.blocked("low on memory");
    pass(Duration.ofMinutes(10));
    confirms.blocked(null);
    assertThat(confirms.isStalledFor(Duration.ZERO)).isFalse();
    pass(TIMEOUT);
    assertThat(confirms.isStalledFor(Duration.ZERO)).isTrue();
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    returned(null);
    returned("never sent");
    confirms.returned("elsewhere", QUEUE, "a");
    confirms.confirmed(99, false, true);
    assertThat(publish("a")).isNotDone();
  }

  private CompletableFuture<PublishOutcome> publish(String id) {
    var outcome = new CompletableFuture<PublishOutcome>();
    confirms.publish(task(id), outcome);
    return outcome;
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
    confirms.tend();
  }

  private static WireMessage task(String id) {
    return TaskMessage.of(id, "message", QUEUE, Instant.EPOCH, new byte[0]).toQueue();
  }

  private void returned(String id) {
    confirms.returned(TaskTopology.TASKS_EXCHANGE, QUEUE, id);
  }

  /** Counts as the client does, and fails where told to. */
  private Channel channel() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "getNextPublishSeqNo":
                  return published.get() + 1;
                case "basicPublish":
                  if (failure != null) {
                    throw failure;
                  }
                  published.incrementAndGet();
                  return null;
                default:
                  throw new UnsupportedOperationException(method.getName());
              }
            });
  }
}
