package dev.warren.sender.ledger;

import dev.warren.contract.Execution;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one batch tells of one task, in the order in which it was heard. */
final class History {

  /** One thing that a batch tells of one task. */
  static final class Step {
    final Change change;
    final @Nullable TaskEvent event;
    boolean applied;

    Step(Change change, @Nullable TaskEvent event) {
      this.change = change;
      this.event = event;
    }

    boolean tellsProgress() {
      return event != null && event.kind() == TaskEvent.Kind.PROGRESS;
    }

    EventLog.Entry entry() {
      return new EventLog.Entry(change, event, applied);
    }
  }

  final List<Step> steps = new ArrayList<>();
  TaskMessage facts;
  boolean carriesTask;
  boolean carriesCopy;
  boolean begins;
  boolean inserted;

  History(TaskMessage facts) {
    this.facts = facts;
  }

  void add(Heard heard, Change change) {
    steps.add(new Step(change, heard.event()));
    if (heard.carriesTask() && (!carriesTask || heard.kind() == null)) {
      facts = heard.task();
      carriesTask = true;
    }
    carriesCopy |= heard.kind() == null;
    begins |= heard.kind() == null && heard.task().execution().equals(Execution.FIRST);
  }

  /** Whether it has ended by this, and a foreign caller may want to know. */
  boolean mayBeAnswered() {
    return (!carriesCopy || facts.reply().replyTo() != null)
        && steps.stream().anyMatch(step -> step.applied && step.change.state().isTerminal());
  }

  boolean fails() {
    return steps.stream().anyMatch(step -> step.change.failure() != null);
  }

  /** What it would have become by its failure it has not become. */
  TaskEvent cancelled(Instant now) {
    steps.stream()
        .filter(step -> step.change.failure() != null)
        .forEach(step -> step.applied = false);
    var last = steps.get(steps.size() - 1).change.task();
    return new TaskEvent(
        TaskEvent.Kind.CANCELLED, last, 1, null, null, now, null, null, new byte[0]);
  }

  /** What comes of all of it, where nothing is known yet. */
  Change outcome() {
    return steps.stream()
        .map(step -> step.change)
        .reduce((before, next) -> next.appliesTo(before) ? next : before)
        .orElseThrow();
  }

  void inserted() {
    inserted = true;
    Change known = null;
    for (var step : steps) {
      if (known == null || step.change.appliesTo(known)) {
        known = step.change;
        step.applied = true;
      } else {
        step.applied = step.tellsProgress() && step.change.position() == known.position();
      }
    }
  }

  /** What it begins with, where that is no more than that it is there. */
  Optional<Step> arrival() {
    var first = steps.get(0);
    var arrives = inserted && first.event == null;
    return arrives && first.change.task().execution().equals(Execution.FIRST)
        ? Optional.of(first)
        : Optional.empty();
  }

  /** Progress only where it was true at its place, copies only where they changed anything. */
  Stream<EventLog.Entry> entries() {
    return steps.stream()
        .skip(arrival().isPresent() ? 1 : 0)
        .filter(step -> step.applied || (step.event != null && !step.tellsProgress()))
        .map(Step::entry);
  }
}
