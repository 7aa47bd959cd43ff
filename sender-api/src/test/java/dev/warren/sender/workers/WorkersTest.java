package dev.warren.sender.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.WorkerPresence;
import dev.warren.sender.workers.WorkerView.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkersTest {

  private long nanos;
  private final Workers workers =
      new Workers(
          new WorkersProperties(Duration.ofSeconds(12), Duration.ofSeconds(27)),
          () -> nanos,
          Clock.systemUTC());

  @BeforeEach
  void listen() {
    workers.listen(true);
  }

  @Test
  void areUp_thenFrozen_thenGoneWithinHalfAMinute() {
    workers.alive(presence("a", "1"));
    pass(11, true);
    assertThat(only().state()).isEqualTo(State.UP);
    assertThat(only().silentSince()).isNull();
    pass(2, true);
    assertThat(only().state()).isEqualTo(State.FROZEN);
    assertThat(only().silentSince()).isEqualTo(only().heardAt());
    workers.alive(presence("b", "2"));
    workers.alive(presence("b", "3"));
    assertThat(workers.count(State.UP)).isEqualTo(2);
    assertThat(workers.count(State.FROZEN)).isEqualTo(1);
    workers.stopped(presence("b", "2"));
    workers.stopped(presence("b", "3"));
    assertThat(workers.count(State.UP)).isZero();
    pass(13, true);
    assertThat(only().state()).isEqualTo(State.FROZEN);
    pass(2, true);
    assertThat(workers.known().all()).isEmpty();
    assertThat(workers.known().departed()).containsOnlyKeys("a", "b");
  }

  @Test
  void areUpAgain_whenTheySpeakAgain() {
    workers.alive(presence("a", "1"));
    pass(20, true);
    workers.alive(presence("a", "1"));
    assertThat(only().state()).isEqualTo(State.UP);
  }

  @Test
  void areGoneAtOnce_whenTheySaySo() {
    workers.alive(presence("a", "1"));
    workers.stopped(presence("a", "1"));
    workers.stopped(presence("b", "1"));
    assertThat(workers.known().all()).isEmpty();
    assertThat(workers.known().departed()).containsOnlyKeys("a");
  }

  @Test
  void areNotSilent_whileNobodyCouldHearThem() {
    workers.alive(presence("a", "1"));
    pass(10, true);
    pass(600, false);
    assertThat(only().state()).isEqualTo(State.UP);
    assertThat(workers.known().listeningSince()).isNull();
    pass(1, true);
    assertThat(only().state()).isEqualTo(State.UP);
    assertThat(workers.known().listeningSince()).isNotNull();
    pass(3, true);
    assertThat(only().state()).isEqualTo(State.FROZEN);
  }

  @Test
  void areNotSilent_whileThisProcessWasAsleep() {
    workers.alive(presence("a", "1"));
    nanos += Duration.ofHours(1).toNanos();
    workers.listen(true);
    assertThat(only().state()).isEqualTo(State.UP);
  }

  @Test
  void areTwo_whereTwoHaveOneName() {
    workers.alive(presence("b", "a"));
    workers.alive(presence("b", "p")); // the first by its hash
    workers.alive(presence("a", "z"));
    assertThat(workers.known().all())
        .extracting(WorkerView::instance)
        .containsExactly("z", "a", "p");
  }

  @Test
  void areNoMoreThanAThousand() {
    for (var i = 0; i < 1500; i++) {
      workers.alive(presence("a" + i, "" + i));
    }
    assertThat(workers.known().all()).hasSize(1000);
    for (var i = 0; i < 1500; i++) {
      workers.stopped(presence("a" + i, "" + i));
      workers.alive(presence("b" + i, "b" + i));
      workers.stopped(presence("b" + i, "b" + i));
    }
    assertThat(workers.known().departed()).hasSize(1000);
  }

  private void pass(int seconds, boolean hears) {
    for (var i = 0; i < seconds; i++) {
      nanos += Duration.ofSeconds(1).toNanos();
      workers.listen(hears);
    }
  }

  private WorkerView only() {
    assertThat(workers.known().all()).hasSize(1);
    return workers.known().all().get(0);
  }

  private static WorkerPresence presence(String name, String instance) {
    return new WorkerPresence(
        name, instance, null, null, null, List.of("default"), 1, List.of(), 0, 0, null);
  }
}
