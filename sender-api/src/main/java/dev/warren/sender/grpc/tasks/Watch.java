package dev.warren.sender.grpc.tasks;

import dev.warren.grpc.v1.TaskEvent;
import dev.warren.grpc.v1.WatchRequest;
import dev.warren.sender.following.TaskFilter;
import dev.warren.sender.grpc.CallRefusals;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.Faults;
import dev.warren.sender.streaming.EventFilter;
import dev.warren.sender.streaming.EventReceiver;
import dev.warren.sender.streaming.LiveEvent;
import dev.warren.sender.streaming.PushedEvents;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Who watches events. */
final class Watch implements EventReceiver {

  private final ServerCallStreamObserver<TaskEvent> client;
  private volatile @Nullable PushedEvents events;

  Watch(ServerCallStreamObserver<TaskEvent> client) {
    this.client = client;
  }

  /**
   * @throws RequestRefused saying what to change
   */
  static EventFilter filterOf(WatchRequest request) {
    var faults = new Faults();
    if (request.hasAfter() && request.getAfter() < 0) {
      faults.add("after", "must be the id of an event");
    }
    var states = EnumSet.noneOf(dev.warren.contract.TaskState.class);
    for (var state : request.getStatesList()) {
      if (state.getNumber() <= 0) {
        faults.add("states", "must be states of tasks");
      } else {
        var name = state.name().substring("TASK_STATE_".length());
        states.add(dev.warren.contract.TaskState.valueOf(name));
      }
    }
    var filter =
        new EventFilter(
            request.hasTaskId() ? request.getTaskId() : null,
            request.hasType() ? nameIn("type", request.getType(), faults) : null,
            request.hasQueue() ? nameIn("queue", request.getQueue(), faults) : null,
            states);
    if (request.hasTaskId() && !filter.equals(EventFilter.ofTask(request.getTaskId()))) {
      faults.add("task_id", "must not be given beside type, queue or states");
    }
    faults.refuseIfAny();
    return filter;
  }

  private static String nameIn(String field, String name, Faults faults) {
    if (!TaskFilter.isName(name)) {
      faults.add(field, "must be 1 to 255 characters");
    }
    return name;
  }

  void begin() {
    client.setOnReadyHandler(this::write);
    client.setOnCancelHandler(this::forget);
  }

  private void write() {
    var current = events;
    if (current != null) {
      current.write();
    }
  }

  private void forget() {
    var current = events;
    if (current != null) {
      current.forget();
    }
  }

  @Override
  public void opened(PushedEvents opened) {
    events = opened;
    if (client.isCancelled()) {
      opened.forget(); // whoever cancelled may not have seen it
    }
  }

  /** Where it has not even begun. */
  void failIf(@Nullable Throwable failure) {
    if (failure != null) {
      client.onError(CallRefusals.of(failure));
    }
  }

  @Override
  public boolean isReady() {
    return client.isReady();
  }

  @Override
  public void receive(LiveEvent event) {
    client.onNext(TaskReplies.of(event));
  }

  @Override
  public void receiveGap() {
    client.onNext(TaskEvent.newBuilder().setKind("gap").build());
  }

  @Override
  public void end(End why) {
    switch (why) {
      case OVER -> client.onCompleted();
      case TOO_SLOW ->
          client.onError(
              CallRefusals.of(
                  Problem.of(
                      ProblemType.TOO_MANY_LISTENERS,
                      "The events were not read fast enough; go on after the last one.")));
      case NOT_ADMITTED ->
          client.onError(
              CallRefusals.of(
                  Problem.of(
                      ProblemType.KEY_UNKNOWN,
                      "The key it was opened with was revoked, or one is needed now.")));
      case CLOSED ->
          client.onError(
              CallRefusals.of(
                  Problem.of(
                          ProblemType.BROKER_UNAVAILABLE,
                          "This replica ends; go on after the last event at another.")
                      .withHeader(HttpHeaders.RETRY_AFTER, "1")));
    }
  }
}
