package dev.warren.sender.streaming;

import dev.warren.contract.TaskState;
import dev.warren.sender.streaming.EventReceiver.End;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Events on their way to an {@link EventReceiver}. Whoever has something to give, or the receiver
 * when it can take more, gives all there is; one at a time.
 */
public final class PushedEvents implements Listener {

  /** Of some 100 bytes each, and 4 KB at most; shared by all who follow. */
  private static final int MAX_HELD = 4_000;

  private final EventFilter filter;
  private final EventReceiver receiver;
  private final Listening listening;
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
  private final AtomicInteger heldCount = new AtomicInteger();
  private final Turns turns = new Turns(this::writeHeld);
  private final AtomicReference<Runnable> whenWritten = new AtomicReference<>();
  private volatile long position;
  private volatile boolean closing;
  private volatile boolean atOnce;
  private volatile End why = End.CLOSED;
  private volatile boolean ended;

  PushedEvents(EventFilter filter, long position, EventReceiver receiver, Listening listening) {
    this.filter = filter;
    this.position = position;
    this.receiver = receiver;
    this.listening = listening;
  }

  @Override
  public EventFilter filter() {
    return filter;
  }

  @Override
  public boolean isOpen() {
    return !closing && !ended;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void sayGap(Opening.Gap gap) {
    hold(receiver::receiveGap);
    write();
  }

  @Override
  public void begin(LiveEvent event) {
    hold(() -> receiver.receive(event));
    write();
  }

  @Override
  public void send(EventPage page, long readTo) {
    var wanted = page.wanted(filter, position);
    position = Math.max(position, readTo);
    if (wanted.isEmpty() || !isOpen()) {
      return;
    }
    if (heldCount.get() > 0 && heldCount.get() + wanted.size() > MAX_HELD) {
      cutOff();
    } else {
      wanted.forEach(event -> hold(() -> receiver.receive(event)));
      write();
    }
  }

  private void hold(Runnable gift) {
    heldCount.incrementAndGet();
    held.add(gift);
  }

  private void cutOff() {
    listening.cutOff(this);
    endAtOnce(End.TOO_SLOW);
  }

  @Override
  public void turnAway() {
    endAtOnce(End.NOT_ADMITTED);
  }

  /** Behind what is on its way, whether its receiver takes any or not. */
  private void endAtOnce(End reason) {
    why = reason;
    atOnce = true;
    held.clear();
    close();
  }

  /** The connection sees for itself whether its client is alive. */
  @Override
  public void beat() {}

  @Override
  public void end(TaskState state) {
    end();
  }

  /** Ends once all was written. */
  void end() {
    why = End.OVER;
    close();
  }

  @Override
  public void close() {
    closing = true;
    write();
  }

  /** Its receiver is no longer there. */
  public void forget() {
    ended = true;
    held.clear();
    listening.ended(this);
  }

  @Override
  public void whenWritten(Runnable next) {
    whenWritten.set(next);
    write();
  }

  /** Gives its receiver all it takes. */
  public void write() {
    turns.take();
  }

  private void writeHeld() {
    while (!ended && (atOnce || receiver.isReady())) {
      var gift = held.poll();
      if (gift != null) {
        heldCount.decrementAndGet();
        gift.run();
      } else if (closing) {
        finish();
      } else {
        var next = whenWritten.getAndSet(null);
        if (next != null) {
          next.run();
        }
        return;
      }
    }
  }

  private void finish() {
    forget();
    receiver.end(why);
  }
}
