package dev.warren.sender.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.contract.TaskState;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who listens by HTTP. Whoever has something to write, or the container when it can write
 * again, writes all there is; one at a time.
 */
final class EventStream implements Listener, WriteListener, AsyncListener {

  private static final Logger log = LoggerFactory.getLogger(EventStream.class);

  /** Some ten thousand events; shared by all who want the same. */
  private static final long MAX_HELD_BYTES = 4 << 20;

  private static final int SLICE = 64 << 10;

  private static final byte[] HELLO = "retry: 2000\n: connected\n\n".getBytes(UTF_8);
  private static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(UTF_8);

  private final EventFilter filter;
  private final AsyncContext context;
  private final ServletOutputStream output;
  private final Listening listening;
  private final Queue<byte[]> held = new ConcurrentLinkedQueue<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private final Turns turns = new Turns(this::writeHeld);
  private final AtomicReference<Runnable> whenWritten = new AtomicReference<>();
  private final Lock outputUse = new ReentrantLock();
  private volatile long position;
  private volatile boolean closing;
  private volatile boolean broken;
  private volatile boolean ended;
  private byte @Nullable [] writing;
  private int written;
  private boolean unflushed;

  /**
   * @param position the id behind which it begins
   */
  EventStream(
      EventFilter filter,
      long position,
      AsyncContext context,
      ServletOutputStream output,
      Listening listening) {
    this.filter = filter;
    this.position = position;
    this.context = context;
    this.output = output;
    this.listening = listening;
  }

  void begin() {
    context.setTimeout(0);
    context.addListener(this);
    hold(HELLO);
    output.setWriteListener(this);
  }

  @Override
  public boolean isOpen() {
    return !closing && !broken && !ended;
  }

  @Override
  public EventFilter filter() {
    return filter;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void begin(LiveEvent event) {
    send(event.encoded(), position);
  }

  @Override
  public void send(EventPage page, long readTo) {
    send(page.chunk(filter, position), readTo);
  }

  private void send(byte[] chunk, long readTo) {
    position = Math.max(position, readTo);
    if (chunk.length == 0 || !isOpen()) {
      return;
    }
    if (heldBytes.get() > 0 && heldBytes.get() + chunk.length > MAX_HELD_BYTES) {
      cutOff();
    } else {
      hold(chunk);
      write();
    }
  }

  @Override
  public void sayGap(Opening.Gap gap) {
    hold(LiveEvent.encoded(null, "gap", gap));
    write();
  }

  /** Says nothing to one that has yet to read what it was told before. */
  @Override
  public void beat() {
    if (broken) {
      complete();
    } else if (held.isEmpty() && isOpen()) {
      hold(HEARTBEAT);
      write();
    }
  }

  @Override
  public void end(TaskState state) {
    hold(LiveEvent.encoded(null, "end", Map.of("state", state)));
    close();
  }

  @Override
  public void close() {
    closing = true;
    if (broken) {
      complete();
    } else {
      write();
    }
  }

  private void cutOff() {
    listening.cutOff(this);
    turnAway();
  }

  /**
   * What is on its way goes out whole; should that not be read, the container closes it. It says
   * nothing: who connects again is told why not, which ends an EventSource.
   */
  @Override
  public void turnAway() {
    held.clear();
    close();
  }

  @Override
  public void whenWritten(Runnable next) {
    whenWritten.set(next);
    write();
  }

  private void hold(byte[] chunk) {
    held.add(chunk);
    heldBytes.addAndGet(chunk.length);
  }

  private void write() {
    turns.take();
  }

  private void writeHeld() {
    outputUse.lock();
    try {
      while (!broken && !ended && output.isReady()) {
        if (writing == null) {
          writing = held.poll();
          written = 0;
        }
        if (writing != null) {
          writeSlice(writing);
        } else if (unflushed) {
          unflushed = false;
          output.flush();
        } else if (closing) {
          complete();
        } else {
          var next = whenWritten.getAndSet(null);
          if (next != null) {
            next.run();
          }
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    } finally {
      outputUse.unlock();
    }
  }

  /** The container completes it, unless it has not noticed: two at once are one too many for it. */
  private void fail(Throwable failure) {
    log.debug("a listener has gone", failure);
    broken = true;
    held.clear();
  }

  /** The container holds what it cannot write, so it is given no more than a little. */
  private void writeSlice(byte[] chunk) throws IOException {
    var length = Math.min(SLICE, chunk.length - written);
    output.write(chunk, written, length);
    written += length;
    unflushed = true;
    if (written == chunk.length) {
      writing = null;
      heldBytes.addAndGet(-chunk.length);
    }
  }

  /**
   * Never after the container has done so: it uses the context again, and what is completed then is
   * someone else's stream.
   */
  private void complete() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      try {
        context.complete();
      } catch (IllegalStateException e) {
        log.debug("the container is about to", e);
      }
    }
    forget();
  }

  private void forget() {
    held.clear();
    listening.ended(this);
  }

  @Override
  public void onWritePossible() {
    write();
  }

  @Override
  public void onError(Throwable failure) {
    fail(failure);
  }

  /**
   * Not before whoever writes has left the output: the container keeps that failure in what it uses
   * again for the next request, which would then fail with it.
   */
  @Override
  public void onError(AsyncEvent event) {
    outputUse.lock();
    try {
      complete();
    } finally {
      outputUse.unlock();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    complete();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    synchronized (this) {
      ended = true;
    }
    forget();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
