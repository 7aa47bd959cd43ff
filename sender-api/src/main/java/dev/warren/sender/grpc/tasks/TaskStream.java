package dev.warren.sender.grpc.tasks;

import com.google.rpc.Status;
import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.SubmitOutcome;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.grpc.v1.SubmitSummary;
import dev.warren.sender.grpc.CallRefusals;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One stream of tasks. It asks for no more than may be on its way to the broker, so that a client
 * that is faster than that waits.
 */
final class TaskStream implements StreamObserver<SubmitRequest> {

  static final int MAX_TASKS = 50_000;

  /** Of a summary. A client takes 4 MiB by default, and some are still on their way by then. */
  private static final int MAX_BYTES = 3700 << 10;

  private static final int MAX_BYTES_OF_DETAILS = 750 << 10;

  /** Of each outcome in the summary: its tag and its length. */
  private static final int FRAME = 4;

  private static final int ASKED_AT_ONCE = 8;

  private final TaskStreams streams;
  private final Origin origin;
  private final ServerCallStreamObserver<SubmitSummary> answer;
  private final Executor threads;
  private final List<@Nullable SubmitOutcome> outcomes = new ArrayList<>();
  private int unsettled;
  private int permits;
  private int asked;
  private int lastWeight = 1;
  private int bytes;
  private int bytesOfDetails;
  private boolean ended;
  private boolean closed;
  private CompletableFuture<Void> silence = CompletableFuture.completedFuture(null);

  TaskStream(
      TaskStreams streams,
      Origin origin,
      ServerCallStreamObserver<SubmitSummary> answer,
      Executor threads) {
    this.streams = streams;
    this.origin = origin;
    this.answer = answer;
    this.threads = threads;
  }

  void begin() {
    answer.disableAutoRequest();
    answer.setOnCancelHandler(this::close);
    answer.setOnCloseHandler(this::close); // where something was thrown, the library ends it
    askForMore();
    awaitSilence();
  }

  /** After the end there may be some that were asked for: they are not taken. */
  @Override
  public void onNext(SubmitRequest request) {
    var weight = streams.weightOf(request);
    int index;
    synchronized (this) {
      if (ended) {
        return;
      }
      index = outcomes.size();
      outcomes.add(null);
      unsettled++;
      asked--;
      permits += weight;
      lastWeight = weight;
      ended = outcomes.size() == MAX_TASKS;
    }
    streams
        .take(request, origin)
        .whenComplete((task, failure) -> settled(index, weight, task, failure));
    askForMore();
  }

  private void settled(
      int index, int weight, @Nullable TaskMessage task, @Nullable Throwable failure) {
    var outcome = SubmitOutcome.newBuilder();
    if (task == null) {
      outcome.setRefusal(refusalOf(Objects.requireNonNull(failure)));
    } else {
      outcome.setTaskId(task.id());
    }
    var made = outcome.build();
    boolean isLast;
    synchronized (this) {
      outcomes.set(index, made);
      bytes += FRAME + made.getSerializedSize();
      unsettled--;
      permits -= weight;
      ended = ended || bytes > MAX_BYTES;
      isLast = ended && unsettled == 0;
    }
    if (isLast) {
      threads.execute(this::answer);
    } else {
      askForMore();
    }
  }

  /** The first have all that can be said; of thousands with the same fault, the code is enough. */
  private Status refusalOf(Throwable failure) {
    var status = CallRefusals.statusOf(failure);
    synchronized (this) {
      bytesOfDetails += status.getSerializedSize();
      return bytesOfDetails <= MAX_BYTES_OF_DETAILS
          ? status
          : Status.newBuilder().setCode(status.getCode()).build();
    }
  }

  /** One by one where they are large, since all that was asked for may come. */
  private void askForMore() {
    int count;
    synchronized (this) {
      var free = streams.share() - permits - asked;
      var atOnce = lastWeight > 1 ? 1 : ASKED_AT_ONCE;
      if (ended || free < 1 || asked >= atOnce) {
        return;
      }
      count = Math.min(free, atOnce);
      asked += count;
    }
    answer.request(count);
  }

  @Override
  public void onCompleted() {
    boolean isLast;
    synchronized (this) {
      isLast = !ended && unsettled == 0;
      ended = true;
    }
    if (isLast) {
      answer();
    }
  }

  private synchronized void awaitSilence() {
    if (!closed) {
      var heard = outcomes.size();
      silence = streams.silence();
      silence.thenRunAsync(() -> endIfSilentSince(heard), threads);
    }
  }

  /** A client that has nothing to send would keep its place from others. */
  private void endIfSilentSince(int heard) {
    boolean isSilent;
    synchronized (this) {
      isSilent = !ended && unsettled == 0 && outcomes.size() == heard;
      ended = ended || isSilent;
    }
    if (isSilent) {
      answer();
    } else {
      awaitSilence();
    }
  }

  /** The client has gone; what it has sent is on its way all the same. */
  @Override
  public void onError(Throwable failure) {
    close();
  }

  private void answer() {
    var summary = SubmitSummary.newBuilder();
    synchronized (this) {
      outcomes.forEach(summary::addOutcomes);
    }
    close();
    answer.onNext(summary.build());
    answer.onCompleted();
  }

  private void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      silence.cancel(false);
    }
    streams.close();
  }
}
