package dev.warren.sender.ledger;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TaskState;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.sender.ledger.History.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes what is heard of tasks into the database. Each change is one conditional statement, so
 * what comes twice or late changes nothing; tasks are always locked in the order of their ids.
 */
@Component
public final class TaskStore {

  private final TransactionTemplate transaction;
  private final TaskSql sql;
  private final EventLog log;
  private final Endings endings;

  TaskStore(TransactionTemplate transaction, JdbcTemplate database, EventLog log, Endings endings) {
    this.transaction = transaction;
    this.sql = new TaskSql(database);
    this.log = log;
    this.endings = endings;
  }

  /** Notes that the broker has confirmed these, as they are, in their queues. */
  public void queued(Collection<TaskMessage> tasks) {
    change(tasks, Change::queued);
  }

  /** Notes that these can never be sent to a worker. */
  public void unsendable(Collection<TaskMessage> tasks) {
    change(tasks, Change::unsendable);
  }

  private void change(
      Collection<TaskMessage> tasks, BiFunction<TaskMessage, Instant, Change> change) {
    transaction.executeWithoutResult(
        status -> {
          var now = sql.now();
          var changes =
              tasks.stream()
                  .sorted(Comparator.comparing(TaskMessage::id))
                  .map(task -> change.apply(task, now))
                  .toList();
          var applied = sql.change(changes);
          var entries =
              IntStream.range(0, applied.length)
                  .filter(i -> applied[i])
                  .mapToObj(i -> new EventLog.Entry(changes.get(i), null, true))
                  .toList();
          endings.note(
              entries.stream()
                  .filter(entry -> entry.change().state().isTerminal())
                  .map(entry -> entry.task().id())
                  .toList());
          log.record(List.of(), entries, now);
        });
  }

  /**
   * Applies a batch in one transaction.
   *
   * @return what is to be said to callers, now that it is committed
   */
  public List<TaskEvent> apply(List<Heard> batch, List<String> markers) {
    return Objects.requireNonNull(transaction.execute(status -> new Batch().apply(batch, markers)));
  }

  /** One transaction. */
  private final class Batch {

    private final Instant now = sql.now();
    private final Map<String, History> histories = new TreeMap<>();
    private final List<TaskEvent> announced = new ArrayList<>();
    private Set<String> cancelled = Set.of();
    private final Set<String> addressed = new HashSet<>();

    List<TaskEvent> apply(List<Heard> batch, List<String> markers) {
      gather(batch);
      insertNewTasks();
      for (var step = 0; changeTasks(step); step++) {}
      cancelFailed();
      completeTasks();
      tellProgressOfNewTasks();
      sql.mark(markers, now);
      tellOfEnds();
      record();
      return announced;
    }

    private void gather(List<Heard> batch) {
      var policies = policies(batch);
      for (var heard : batch) {
        var id = heard.task().id();
        var history = histories.computeIfAbsent(id, key -> new History(heard.task()));
        history.add(heard, change(heard, policies));
      }
    }

    private Change change(Heard heard, Map<String, RetryPolicy> policies) {
      var event = heard.event();
      if (event != null) {
        var policy = policy(heard.task(), policies);
        var chance = ThreadLocalRandom.current().nextDouble();
        return Change.of(heard, event, policy, chance, now);
      }
      return heard.scheduled()
          ? Change.scheduled(heard.task(), now)
          : Change.queued(heard.task(), now);
    }

    /** Of failures that do not tell their task's own: what never changes may be read before. */
    private Map<String, RetryPolicy> policies(List<Heard> batch) {
      var unknown =
          batch.stream()
              .filter(heard -> heard.kind() == TaskEvent.Kind.FAILED)
              .filter(heard -> heard.task().options().retry() == null)
              .map(heard -> heard.task().id())
              .distinct()
              .toList();
      var policies = new HashMap<>(sql.policies(unknown));
      for (var heard : batch) {
        var own = heard.task().options().retry();
        if (heard.carriesTask() && own != null) {
          policies.put(heard.task().id(), own);
        }
      }
      return policies;
    }

    private RetryPolicy policy(TaskMessage task, Map<String, RetryPolicy> policies) {
      var own = task.options().retry();
      var usual = TaskTypes.named(task.type()).map(TaskType::retry).orElse(RetryPolicy.DEFAULT);
      return own != null ? own : policies.getOrDefault(task.id(), usual);
    }

    /** What a batch tells of a task that is new is one row, inserted as what comes of all of it. */
    private void insertNewTasks() {
      insert(histories.values().stream().filter(history -> history.begins).toList());
    }

    private List<History> insert(List<History> candidates) {
      var rows =
          candidates.stream()
              .map(each -> new TaskSql.Row(each.outcome(), each.facts, each.carriesTask))
              .toList();
      var inserted = sql.insert(rows);
      var known = new ArrayList<History>();
      for (var i = 0; i < inserted.length; i++) {
        if (inserted[i]) {
          candidates.get(i).inserted();
          announce(rows.get(i).change());
        } else {
          known.add(candidates.get(i));
        }
      }
      return known;
    }

    /** Applies the next change of each task that was there before; false where there is none. */
    private boolean changeTasks(int step) {
      var open =
          histories.values().stream()
              .filter(history -> !history.inserted && history.steps.size() > step)
              .toList();
      var unchanged = change(open, step);
      if (step == 0) {
        var unheardOf = unchanged.stream().filter(history -> !history.begins).toList();
        change(insert(unheardOf), step); // another replica may have inserted it in between
      }
      tellProgress(open, step);
      return !open.isEmpty();
    }

    private List<History> change(List<History> open, int step) {
      var changes = open.stream().map(history -> history.steps.get(step).change).toList();
      var applied = sql.change(changes);
      var unchanged = new ArrayList<History>();
      for (var i = 0; i < applied.length; i++) {
        if (applied[i]) {
          open.get(i).steps.get(step).applied = true;
          announce(changes.get(i));
        } else {
          unchanged.add(open.get(i));
        }
      }
      return unchanged;
    }

    private void announce(Change applied) {
      if (applied.announced() != null) {
        announced.add(applied.announced());
      }
    }

    /** Nobody wants a further attempt of what was to be cancelled while it ran. */
    private void cancelFailed() {
      var failed =
          histories.entrySet().stream()
              .filter(each -> each.getValue().fails())
              .map(Map.Entry::getKey)
              .toList();
      cancelled = sql.cancelRequested(failed, now);
      for (var id : cancelled) {
        announced.removeIf(event -> event.task().id().equals(id));
        announced.add(Objects.requireNonNull(histories.get(id)).cancelled(now));
      }
    }

    /** With what never changes, where an event was heard before its task. */
    private void completeTasks() {
      var carried = histories.values().stream().filter(history -> history.carriesTask).toList();
      var known = carried.stream().filter(each -> !each.inserted).map(each -> each.facts).toList();
      var filled = sql.fill(known);
      var complete = new ArrayList<TaskMessage>();
      carried.stream().filter(each -> each.inserted).forEach(each -> complete.add(each.facts));
      for (var i = 0; i < filled.length; i++) {
        if (filled[i]) {
          complete.add(known.get(i));
          addressed.add(known.get(i).id());
        }
      }
      sql.label(complete);
      addressTasks();
    }

    /** A foreign worker's failure carries the task, but perhaps not who is to be answered. */
    private void addressTasks() {
      var copies =
          histories.values().stream()
              .filter(history -> history.carriesCopy && !history.inserted)
              .map(history -> history.facts)
              .filter(facts -> facts.reply().replyTo() != null && !addressed.contains(facts.id()))
              .toList();
      var changed = sql.address(copies);
      for (var i = 0; i < changed.length; i++) {
        if (changed[i]) {
          addressed.add(copies.get(i).id());
        }
      }
    }

    /** Also of what had ended before it was known whom to answer. */
    private void tellOfEnds() {
      var ended = new TreeSet<>(addressed);
      ended.addAll(cancelled);
      histories.forEach(
          (id, history) -> {
            if (history.mayBeAnswered()) {
              ended.add(id);
            }
          });
      endings.note(ended);
    }

    /** At its place among the changes, since only there it can be told whether it was true. */
    private void tellProgress(List<History> open, int index) {
      var steps =
          open.stream()
              .filter(history -> !history.inserted)
              .map(history -> history.steps.get(index))
              .filter(Step::tellsProgress)
              .toList();
      var told = sql.progress(eventsOf(steps));
      for (var i = 0; i < told.length; i++) {
        steps.get(i).applied |= told[i];
      }
    }

    private void tellProgressOfNewTasks() {
      sql.progress(
          eventsOf(
              histories.values().stream()
                  .filter(history -> history.inserted)
                  .flatMap(history -> history.steps.stream())
                  .filter(Step::tellsProgress)
                  .toList()));
    }

    private static List<TaskEvent> eventsOf(List<Step> steps) {
      return steps.stream().map(step -> Objects.requireNonNull(step.event)).toList();
    }

    /** In the order of ids, and of each task in the order in which it was heard. */
    private void record() {
      var arrived =
          histories.values().stream().flatMap(history -> history.arrival().stream()).toList();
      log.record(
          arrived.stream().map(Step::entry).toList(),
          histories.values().stream().flatMap(History::entries).toList(),
          now);
      log.note(TaskEvent.Kind.CANCELLED.name(), TaskState.CANCELLED, cancelled);
    }
  }
}
