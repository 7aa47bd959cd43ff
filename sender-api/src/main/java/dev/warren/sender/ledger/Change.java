package dev.warren.sender.ledger;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskFailure;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.sender.ledger.Position.Rank;
import dev.warren.sender.ledger.database.Text;
import dev.warren.sender.ledger.database.Times;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a task becomes by something that was heard: all that may change in its row, so that the
 * order in which two such things are heard leaves no trace.
 *
 * @param task with the execution it is about
 * @param anyAttempt applies to every attempt of the round, not only to what is newer
 * @param failure the reason of a {@link TaskState#DEAD} or {@link TaskState#RETRY_WAIT}
 * @param announced to the caller, once it has been applied
 */
@SuppressWarnings("ArrayRecordComponent")
record Change(
    TaskMessage task,
    TaskState state,
    long position,
    boolean anyAttempt,
    Instant heardAt,
    @Nullable Instant queuedAt,
    @Nullable Instant dueAt,
    @Nullable Instant startedAt,
    @Nullable String worker,
    @Nullable String deadReason,
    @Nullable TaskFailure failure,
    byte @Nullable [] result,
    @Nullable TaskEvent announced) {

  static final String PERMANENT = "permanent";
  static final String NOT_SENDABLE = "unsendable";
  static final String ATTEMPTS_USED_UP = "attempts-used-up";

  private static final TaskFailure UNSENDABLE =
      new TaskFailure(
          NOT_SENDABLE,
          "its id, type, labels, reply address are longer than AMQP can carry",
          true,
          false,
          null);

  /** The broker has it, in the queue that it is to be done from. */
  static Change queued(TaskMessage task, Instant now) {
    return new Builder(task, TaskState.QUEUED, now).at(0, Rank.QUEUED).queued(now).build();
  }

  /** It waits for its time. */
  static Change scheduled(TaskMessage task, Instant now) {
    var delay = task.options().delay();
    var notBefore = task.options().notBefore();
    var due = delay != null ? Times.after(now, delay) : notBefore != null ? notBefore : now;
    return new Builder(task, TaskState.SCHEDULED, now).at(0, Rank.SCHEDULED).due(due).build();
  }

  /** A foreign client put more into it than can be sent on. */
  static Change unsendable(TaskMessage task, Instant now) {
    return new Builder(task, TaskState.DEAD, now)
        .at(0, Rank.ENDED)
        .dead(NOT_SENDABLE, UNSENDABLE)
        .build();
  }

  /**
   * What follows from an event.
   *
   * @param policy of a failure
   * @param chance from 0 to 1, of a failure
   */
  static Change of(Heard heard, TaskEvent event, RetryPolicy policy, double chance, Instant now) {
    var task = heard.task();
    return switch (event.kind()) {
      case RUNNING, PROGRESS ->
          of(event, task, TaskState.RUNNING, now).at(event.delivery(), Rank.RUNNING).build();
      case SUCCEEDED -> ended(event, task, TaskState.SUCCEEDED, now).result(event.body()).build();
      case CANCELLED -> ended(event, task, TaskState.CANCELLED, now).build();
      case EXPIRED -> ended(event, task, TaskState.EXPIRED, now).build();
      case DEAD -> dead(heard, event, now);
      case FAILED -> failed(event, task, policy, chance, now);
    };
  }

  private static Change dead(Heard heard, TaskEvent event, Instant now) {
    var failure = event.requireFailure();
    var buried = heard.deadReason();
    var reason = buried != null ? buried : failure.permanent() ? PERMANENT : ATTEMPTS_USED_UP;
    var builder = ended(event, heard.task(), TaskState.DEAD, now).dead(reason, failure);
    return buried == null ? builder.build() : builder.announced(event, now).build();
  }

  private static Change failed(
      TaskEvent event, TaskMessage task, RetryPolicy policy, double chance, Instant now) {
    var failure = event.requireFailure();
    var attempt = task.execution().attempt();
    if (failure.permanent() || !policy.allowsAfter(attempt)) {
      return of(event, task, TaskState.DEAD, now)
          .at(event.delivery(), Rank.ENDED)
          .dead(failure.permanent() ? PERMANENT : ATTEMPTS_USED_UP, failure)
          .announced(event, now)
          .build();
    }
    var asked = failure.retryAfter();
    Duration wait = asked != null ? asked : policy.backoffAfter(attempt, chance);
    return of(event, task, TaskState.RETRY_WAIT, now)
        .at(event.delivery(), Rank.ENDED)
        .failed(failure)
        .due(Times.after(now, wait))
        .build();
  }

  private static Builder of(TaskEvent event, TaskMessage task, TaskState state, Instant now) {
    return new Builder(task, state, now).by(event.worker(), event.startedAt());
  }

  private static Builder ended(TaskEvent event, TaskMessage task, TaskState state, Instant now) {
    return of(event, task, state, now).at(event.delivery(), Rank.ENDED).anyAttempt();
  }

  @Nullable Instant endedAt() {
    return state.isTerminal() ? heardAt : null;
  }

  /** The highest position that a row may have for this to be applied. */
  long below() {
    return anyAttempt ? Long.MAX_VALUE : position;
  }

  /** The condition of the UPDATE, of a row that is as the other says. */
  boolean appliesTo(Change other) {
    var round = task.execution().round();
    var otherRound = other.task.execution().round();
    return (otherRound < round || (otherRound == round && !other.state.isTerminal()))
        && other.position < below();
  }

  @Nullable String fingerprint() {
    return deadReason == null || failure == null
        ? null
        : Text.fingerprint(task.type(), deadReason, failure.errorClass(), failure.message());
  }

  private static final class Builder {
    private final TaskMessage task;
    private final TaskState state;
    private final Instant now;
    private long position;
    private boolean anyAttempt;
    private @Nullable Instant queuedAt;
    private @Nullable Instant dueAt;
    private @Nullable Instant startedAt;
    private @Nullable String worker;
    private @Nullable String deadReason;
    private @Nullable TaskFailure failure;
    private byte @Nullable [] result;
    private @Nullable TaskEvent announced;

    Builder(TaskMessage task, TaskState state, Instant now) {
      this.task = task;
      this.state = state;
      this.now = now;
    }

    Builder at(int delivery, Rank rank) {
      position = Position.of(task.execution(), delivery, rank);
      return this;
    }

    Builder anyAttempt() {
      anyAttempt = true;
      return this;
    }

    Builder queued(Instant at) {
      queuedAt = at;
      return this;
    }

    Builder due(Instant at) {
      dueAt = at;
      return this;
    }

    Builder by(@Nullable String name, @Nullable Instant began) {
      worker = name;
      startedAt = began;
      return this;
    }

    Builder failed(TaskFailure why) {
      failure = why;
      return this;
    }

    Builder dead(String reason, TaskFailure why) {
      deadReason = reason;
      failure = why;
      return this;
    }

    Builder result(byte[] body) {
      result = body;
      return this;
    }

    Builder announced(TaskEvent event, Instant endedAt) {
      announced =
          new TaskEvent(
              TaskEvent.Kind.DEAD,
              task,
              event.delivery(),
              event.worker(),
              event.startedAt(),
              endedAt,
              event.failure(),
              null,
              task.payload());
      return this;
    }

    Change build() {
      return new Change(
          task,
          state,
          position,
          anyAttempt,
          now,
          queuedAt,
          dueAt,
          startedAt,
          worker,
          deadReason,
          failure,
          result,
          announced);
    }
  }
}
