package dev.warren.sender.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.TaskState;
import dev.warren.sender.streaming.EventReceiver.End;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PushedEventsTest {

  private static final EventFilter ALL = new EventFilter(null, null, null, Set.of());

  private final Client client = new Client();
  private final Told told = new Told();
  private final PushedEvents events = new PushedEvents(ALL, 0, client, told);

  @Test
  void holdsWhatItsReceiverDoesNotTakeYet() {
    client.ready = 2;
    events.send(page(1, 5), 5);
    assertThat(client.ids).containsExactly(1L, 2L);
    client.ready = 100;
    events.write();
    assertThat(client.ids).containsExactly(1L, 2L, 3L, 4L, 5L);
    events.send(page(4, 7), 7); // of which it has some
    assertThat(client.ids).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(events.position()).isEqualTo(7);
  }

  @Test
  void asksForMoreOnceAllIsTaken() {
    var asked = new ArrayList<Long>();
    client.ready = 1;
    events.send(page(1, 2), 2);
    events.whenWritten(() -> asked.add(events.position()));
    assertThat(asked).isEmpty();
    client.ready = 2;
    events.write();
    events.write();
    assertThat(asked).containsExactly(2L);
  }

  @Test
  void cutsOffWhoTakesNothing_atOnce() {
    for (var from = 1L; client.end == null && from < 100_000; from += 1000) {
      events.send(page(from, from + 999), from + 999);
    }
    assertThat(client.end).isEqualTo(End.TOO_SLOW);
    assertThat(client.ids).isEmpty();
    assertThat(events.position()).isBetween(2000L, 20_000L);
    assertThat(told.cutOff).isEqualTo(1);
    assertThat(told.ended).isEqualTo(1);
    client.ready = 100_000;
    events.send(page(90_000, 90_001), 90_001);
    assertThat(client.ids).isEmpty();
  }

  @Test
  void endsBehindWhatThereIs() {
    events.send(page(1, 2), 2);
    events.end(TaskState.SUCCEEDED);
    assertThat(client.end).isNull();
    client.ready = 9;
    events.write();
    assertThat(client.ids).containsExactly(1L, 2L);
    assertThat(client.end).isEqualTo(End.OVER);
    assertThat(told.ended).isEqualTo(1);
  }

  @Test
  void saysThatTheReplicaEnds() {
    client.ready = 9;
    events.close();
    assertThat(client.end).isEqualTo(End.CLOSED);
  }

  @Test
  void endsAtOnce_whoIsNoLongerAdmitted() {
    events.send(page(1, 2), 2);
    events.turnAway();
    assertThat(client.end).isEqualTo(End.NOT_ADMITTED);
    client.ready = 9;
    events.write();
    assertThat(client.ids).isEmpty();
    assertThat(told.cutOff).isZero();
    assertThat(told.ended).isEqualTo(1);
  }

  @Test
  void tellsNothingToOneThatHasGone() {
    events.send(page(1, 2), 2);
    events.forget();
    client.ready = 9;
    events.write();
    assertThat(client.ids).isEmpty();
    assertThat(client.end).isNull();
    assertThat(told.ended).isEqualTo(1);
  }

  private static EventPage page(long from, long to) {
    var all =
        LongStream.rangeClosed(from, to)
            .mapToObj(
                id ->
                    LiveEvent.arrived(
                        id, "t" + id, "message", "default", TaskState.QUEUED, Instant.EPOCH, null))
            .toList();
    return new EventPage(all, to, false);
  }

  private static final class Client implements EventReceiver {

    private final List<Long> ids = new ArrayList<>();
    private int ready;
    private End end;

    @Override
    public void opened(PushedEvents events) {}

    @Override
    public boolean isReady() {
      return ready > 0;
    }

    @Override
    public void receive(LiveEvent event) {
      ready--;
      ids.add(event.id());
    }

    @Override
    public void receiveGap() {}

    @Override
    public void end(End why) {
      end = why;
    }
  }

  private static final class Told implements Listener.Listening {

    private int cutOff;
    private int ended;

    @Override
    public void cutOff(Listener listener) {
      cutOff++;
    }

    @Override
    public void ended(Listener listener) {
      ended++;
    }
  }
}
