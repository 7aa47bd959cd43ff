package dev.warren.sender.grpc;

import dev.warren.contract.Origin;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A call that was let in: whose it is, how long it waits, and where the id of its task goes. */
public final class IncomingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  /** In the initial metadata of the answer. */
  public static final Metadata.Key<String> TASK_ID = key("warren-task-id");

  /** {@code true} where it is not to be done after the deadline. */
  static final Metadata.Key<String> EXPIRE = key("warren-expire");

  private static final Context.Key<IncomingCall<?, ?>> CURRENT = Context.key("call");

  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final Origin origin;
  private final BooleanSupplier isAdmitted;
  private final boolean expires;
  private final @Nullable Deadline deadline = Context.current().getDeadline();
  private final AtomicBoolean headersSent = new AtomicBoolean();

  /**
   * @param isAdmitted whether it still would be
   */
  IncomingCall(
      ServerCall<Q, A> call, Origin origin, Metadata metadata, BooleanSupplier isAdmitted) {
    super(call);
    this.origin = origin;
    this.isAdmitted = isAdmitted;
    this.expires = "true".equals(metadata.get(EXPIRE));
  }

  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** The one that this thread is at. */
  public static IncomingCall<?, ?> current() {
    return CURRENT.get();
  }

  Context asCurrent() {
    return Context.current().withValue(CURRENT, this);
  }

  public Origin origin() {
    return origin;
  }

  /** Whether its key would still open this. */
  public boolean isAdmitted() {
    return isAdmitted.getAsBoolean();
  }

  /** Until the deadline, where that is not too far. */
  public Duration timeToWait() {
    var left = timeLeft();
    return left.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : left;
  }

  /** Null where it may be done at any time. */
  public @Nullable Instant expiresAt() {
    return expires ? Instant.now().plus(timeLeft()) : null;
  }

  private Duration timeLeft() {
    return deadline == null
        ? DEFAULT_WAIT
        : Duration.ofMillis(Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS)));
  }

  /** Tells the client the id of its task, before the answer. */
  public void tellTaskId(String id) {
    var headers = new Metadata();
    headers.put(TASK_ID, id);
    sendHeaders(headers);
  }

  /** Those that the library sends with the answer come too late. */
  @Override
  public void sendHeaders(Metadata headers) {
    if (!headersSent.getAndSet(true)) {
      super.sendHeaders(headers);
    }
  }
}
