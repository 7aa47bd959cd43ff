package dev.warren.sender.explaining;

import dev.warren.contract.TaskState;
import dev.warren.sender.consuming.QueueCounts;
import dev.warren.sender.explaining.Explanation.Details;
import dev.warren.sender.explaining.Explanation.Reason;
import dev.warren.sender.following.TaskView.Failure;
import dev.warren.sender.workers.WorkerView;
import dev.warren.sender.workers.WorkerView.State;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Weighs the facts: of all that is in a task's way, what would have to go first is the reason. */
final class Diagnosis {

  /** A worker begins and tells a little later than it is asked to end. */
  private static final Duration OVERDUE = Duration.ofSeconds(30);

  /** So late at most is a scheduler that has nothing in its way. */
  private static final Duration LATE = Duration.ofSeconds(2);

  private static final int MAX_QUOTE = 300;

  private final Facts facts;
  private final TaskFacts task;
  private final Optional<Holder> holder;

  Diagnosis(Facts facts) {
    this.facts = facts;
    this.task = facts.task();
    this.holder = task.state().isTerminal() ? Optional.empty() : Holder.of(task, facts.workers());
  }

  private record Finding(Reason reason, String sentence) {}

  Explanation explanation() {
    var finding = finding();
    var sentence = finding.sentence + (task.state().isTerminal() ? "" : addition());
    return new Explanation(task.id(), task.state(), finding.reason, sentence, details());
  }

  private Finding finding() {
    return switch (task.state()) {
      case SUCCEEDED -> succeeded();
      case DEAD -> dead();
      case CANCELLED -> new Finding(Reason.CANCELLED, "It was cancelled" + endedAt() + ".");
      case EXPIRED ->
          new Finding(Reason.EXPIRED, "Its time was over before it was done" + endedAt() + ".");
      case SCHEDULED, RETRY_WAIT -> isDue() ? due() : waiting();
      case QUEUED, RUNNING -> task.isAtBroker() ? atBroker() : lost();
    };
  }

  private Finding succeeded() {
    return new Finding(
        Reason.SUCCEEDED, "It is done, by " + nameOf(task.worker()) + endedAt() + ".");
  }

  private Finding dead() {
    return new Finding(
        Reason.DEAD,
        "It is dead (%s)%s: %s".formatted(task.deadReason(), endedAt(), text(task.error())));
  }

  private boolean isDue() {
    var dueAt = task.dueAt();
    return dueAt == null || !dueAt.isAfter(task.now());
  }

  private Finding waiting() {
    var dueAt = Objects.requireNonNull(task.dueAt());
    if (task.state() == TaskState.SCHEDULED) {
      return new Finding(Reason.SCHEDULED, "It waits for its time, " + time(dueAt) + ".");
    }
    return new Finding(
        Reason.BACKING_OFF,
        "Attempt %d of %d failed, and the next one waits until %s. The failure: %s"
            .formatted(
                task.execution().attempt(), task.maxAttempts(), time(dueAt), text(task.error())));
  }

  private Finding due() {
    return unpublishable()
        .orElseGet(
            () -> {
              var dueAt = task.dueAt();
              var isLate = dueAt != null && dueAt.plus(LATE).isBefore(task.now());
              return new Finding(
                  Reason.DUE,
                  isLate
                      ? "Its time came at %s, and it is still to be sent to its queue: the scheduler is late."
                          .formatted(time(dueAt))
                      : "Its time has come, and it is being sent to its queue.");
            });
  }

  private Finding lost() {
    return unpublishable()
        .orElseGet(
            () ->
                new Finding(
                    Reason.LOST,
                    "The broker had lost it, or the worker that had it; it is being sent again."));
  }

  /** What keeps the scheduler from sending it. */
  private Optional<Finding> unpublishable() {
    if (!task.hasPayload()) {
      return Optional.of(
          new Finding(
              Reason.PAYLOAD_UNKNOWN,
              "The ledger has heard what happened to it, but not the task itself, and cannot send it."));
    }
    return alarm().or(this::obstacle);
  }

  private Optional<Finding> alarm() {
    var alarm = facts.alarm();
    return alarm == null
        ? Optional.empty()
        : Optional.of(
            new Finding(
                Reason.BROKER_ALARM,
                "The broker blocks all that publish (%s): it takes no tasks and no outcomes until that is mended."
                    .formatted(quoted(alarm))));
  }

  private Optional<Finding> obstacle() {
    var obstacle = facts.obstacle();
    return obstacle == null
        ? Optional.empty()
        : Optional.of(
            new Finding(
                Reason.BROKER_UNAVAILABLE,
                "The broker takes nothing now: %s.".formatted(quoted(obstacle))));
  }

  /** The ledger believes it to be in its queue, or with a worker. */
  private Finding atBroker() {
    if (holder.isPresent() && holder.get().standing() != Holder.Standing.GONE) {
      return atWorker(holder.get());
    }
    return alarm().or(this::unreachable).orElseGet(this::inQueue);
  }

  private Finding atWorker(Holder holder) {
    var has = nameOf(holder.worker()) + " has it" + since(holder.since());
    if (holder.standing() == Holder.Standing.SILENT) {
      return new Finding(
          Reason.AT_SILENT_WORKER,
          "%s, and is silent since %s. When the broker gives up that worker, within half a minute or so, another one gets the task."
              .formatted(capital(has), time(holder.silentSince())));
    }
    var end = until();
    var isOverdue = end != null && end.plus(OVERDUE).isBefore(task.now());
    var deadline =
        end == null
            ? "."
            : isOverdue
                ? ", and should have ended by %s; it is sent again when its queue shows that it is lost."
                    .formatted(time(end))
                : ", and may take until " + time(end) + ".";
    return new Finding(Reason.AT_WORKER, capital(has) + " and has not acknowledged it" + deadline);
  }

  private Optional<Finding> unreachable() {
    var sight = facts.sight();
    if (sight != null && sight.answered()) {
      return Optional.empty();
    }
    var obstacle = facts.obstacle();
    return Optional.of(
        new Finding(
            Reason.BROKER_UNAVAILABLE,
            "The broker does not answer%s: it goes on when the broker is back."
                .formatted(obstacle == null ? "" : " (" + quoted(obstacle) + ")")));
  }

  /** What stands in the way of the whole queue comes before what is the task's own. */
  private Finding inQueue() {
    var counts = counts();
    if (counts == null) {
      return new Finding(
          Reason.QUEUE_MISSING,
          facts.isDeclared()
              ? "Its queue %s is not at the broker. It is declared again within seconds, and what was in it is sent again within minutes."
                  .formatted(task.queue())
              : "Its queue %s is not at the broker, and this API does not declare it; see WARREN_QUEUES."
                  .formatted(task.queue()));
    }
    if (facts.isPaused()) {
      return new Finding(
          Reason.QUEUE_PAUSED,
          "Its queue %s is paused, and %s in it: workers take nothing from it until POST /v1/queues/%s/resume."
              .formatted(task.queue(), tasks(counts.ready(), "wait"), task.queue()));
    }
    if (counts.consumers() == 0) {
      return new Finding(
          Reason.NO_CONSUMER,
          "No worker takes from its queue %s, in which %s."
              .formatted(task.queue(), tasks(counts.ready(), "wait")));
    }
    return holder.map(gone -> workerGone(gone, counts)).orElseGet(() -> place(counts));
  }

  private Finding workerGone(Holder gone, QueueCounts counts) {
    return new Finding(
        Reason.WORKER_GONE,
        "%s, which began it%s, is gone. The broker gives it to another worker: %s from %s, in which %s."
            .formatted(
                capital(nameOf(gone.worker())),
                gone.since() == null ? "" : " at " + time(gone.since()),
                slotsTake(counts),
                task.queue(),
                tasks(counts.ready(), "wait")));
  }

  private Finding place(QueueCounts counts) {
    if (counts.ready() == 0) {
      return new Finding(
          Reason.TAKEN,
          "Its queue %s is empty: a worker has just taken it, or has done it already and the ledger hears of that in a moment. If it was lost, it is sent again within a minute or so."
              .formatted(task.queue()));
    }
    var ahead = ahead(counts);
    return ahead == null || ahead == 0
        ? new Finding(
            Reason.NEXT,
            "It is the next one in its queue %s%s.".formatted(task.queue(), slots(counts)))
        : new Finding(
            Reason.BEHIND_OTHERS,
            "It waits behind about %s in its queue %s%s."
                .formatted(others(ahead), task.queue(), slots(counts)));
  }

  /** By the ledger, which hears late; but never more than there are in its queue. */
  private @Nullable Long ahead(@Nullable QueueCounts counts) {
    var ahead = facts.ahead();
    return ahead == null || counts == null
        ? ahead
        : (Long) Math.min(ahead, Math.max(0, counts.ready() - 1));
  }

  private String slots(QueueCounts counts) {
    var text = new StringBuilder(", which ").append(slotsTake(counts)).append(" from");
    var workers = workersOfQueue();
    var all = slotsOf(workers);
    if (all > 0 && busySlotsOf(workers) >= all) {
      text.append("; all that are known are busy");
    }
    var silent = workers.stream().filter(each -> each.state() == State.FROZEN).count();
    if (silent > 0) {
      text.append("; ").append(silent).append(silent == 1 ? " worker is" : " workers are");
      text.append(" silent");
    }
    return text.toString();
  }

  private List<WorkerView> workersOfQueue() {
    return facts.workers().all().stream()
        .filter(each -> each.queues().contains(task.queue()))
        .toList();
  }

  private static int slotsOf(List<WorkerView> workers) {
    return workers.stream().mapToInt(WorkerView::concurrency).sum();
  }

  private int busySlotsOf(List<WorkerView> workers) {
    return workers.stream()
        .flatMap(each -> each.slots().stream())
        .mapToInt(slot -> task.queue().equals(slot.queue()) ? 1 : 0)
        .sum();
  }

  private String addition() {
    var text = new StringBuilder();
    if (deliveries() > 1) {
      text.append(
          " It was delivered %d times; no delivery was acknowledged.".formatted(deliveries()));
    }
    var expiresAt = task.expiresAt();
    if (expiresAt != null && !expiresAt.isAfter(task.now())) {
      text.append(
          " Its time was over at %s: who takes it next lets it expire.".formatted(time(expiresAt)));
    }
    if (facts.alarm() != null && holder.isPresent()) {
      text.append(" The broker blocks all that publish: no worker can say what it has done.");
    }
    return text.toString();
  }

  private int deliveries() {
    return Math.max(task.deliveries(), holder.map(Holder::delivery).orElse(0));
  }

  private Details details() {
    var counts = counts();
    var workers = workersOfQueue();
    var execution = task.execution();
    var isOpen = !task.state().isTerminal();
    return new Details(
        task.queue(),
        counts == null ? null : (Long) counts.ready(),
        counts == null ? null : (Long) counts.consumers(),
        ahead(counts),
        isOpen ? (Integer) slotsOf(workers) : null,
        isOpen ? (Integer) busySlotsOf(workers) : null,
        execution.round(),
        execution.attempt(),
        task.maxAttempts(),
        deliveries() == 0 ? null : (Integer) deliveries(),
        holder.map(Holder::worker).orElse(task.worker()),
        holder.map(Holder::since).orElse(task.startedAt()),
        holder.map(Holder::silentSince).orElse(null),
        isOpen ? until() : null,
        task.expiresAt(),
        task.deadReason(),
        task.error(),
        facts.alarm(),
        facts.obstacle());
  }

  /** Its time, or by when the worker that has it must have ended. */
  private @Nullable Instant until() {
    if (task.dueAt() != null) {
      return task.dueAt();
    }
    return holder.map(Holder::since).map(since -> since.plus(task.timeout())).orElse(null);
  }

  private @Nullable QueueCounts counts() {
    return facts.sight() == null ? null : facts.sight().counts();
  }

  private String endedAt() {
    return task.endedAt() == null ? "" : " at " + time(task.endedAt());
  }

  private static String since(@Nullable Instant since) {
    return since == null ? "" : " since " + time(since);
  }

  private static String nameOf(@Nullable String worker) {
    return worker == null ? "a worker" : "worker " + quoted(worker);
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String slotsTake(QueueCounts counts) {
    return counts.consumers() == 1 ? "1 slot takes" : counts.consumers() + " slots take";
  }

  private static String tasks(long count, String verb) {
    return count == 1 ? "1 task " + verb + "s" : count + " tasks " + verb;
  }

  private static String others(long count) {
    if (count > TaskPlaces.MAX_AHEAD) {
      return "more than " + TaskPlaces.MAX_AHEAD + " others";
    }
    return count == 1 ? "1 other" : count + " others";
  }

  private static String text(@Nullable Failure failure) {
    return failure == null
        ? "nothing is known of it."
        : quoted(failure.errorClass() + ": " + failure.message()).replaceFirst("\\.?$", ".");
  }

  /** Text of strangers, in one line and short. */
  private static String quoted(String text) {
    var line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MAX_QUOTE ? line : line.substring(0, MAX_QUOTE) + "...";
  }

  private static String time(@Nullable Instant time) {
    return time == null ? "some time ago" : time.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
