package dev.warren.sender.following;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskEvent.Kind;
import dev.warren.contract.TaskState;
import dev.warren.sender.following.Attempt.Outcome;
import dev.warren.sender.following.TaskView.Failure;
import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the attempts of one task of its events. */
final class Attempts {

  /** What of the table {@code task_event} is read, in any order. */
  static final String COLUMNS =
      "task_id, kind, round, attempt, dispatch, delivery, worker, started_at, ended_at, timed_out,"
          + " error_class, error_message";

  /** Which of them tell of attempts. */
  static final String TELLING =
      " AND kind IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED')";

  private record Key(int round, int attempt, int dispatch, int delivery)
      implements Comparable<Key> {

    @Override
    public int compareTo(Key other) {
      return Arrays.compare(numbers(), other.numbers());
    }

    private int[] numbers() {
      return new int[] {round, attempt, dispatch, delivery};
    }
  }

  private final TreeMap<Key, Attempt> attempts = new TreeMap<>();

  /** Of what may never have begun; only with all the rest it is known. */
  private final Map<Key, Attempt> ends = new HashMap<>();

  /** The last one, as an event that tells a task's end knows it. */
  static List<Attempt> of(TaskEvent event) {
    if (event.worker() == null) {
      return List.of();
    }
    var failure = event.failure();
    return List.of(
        new Attempt(
            event.task().execution().round(),
            event.task().execution().attempt(),
            event.delivery(),
            event.worker(),
            event.startedAt(),
            event.endedAt(),
            Outcome.of(event.kind(), failure != null && failure.timedOut()),
            failure == null ? null : new Failure(failure.errorClass(), failure.message())));
  }

  void add(ResultSet event) throws SQLException {
    var kind = Kind.valueOf(event.getString("kind"));
    var key =
        new Key(
            event.getInt("round"),
            event.getInt("attempt"),
            event.getInt("dispatch"),
            event.getInt("delivery"));
    switch (kind) {
      case RUNNING -> attempts.merge(key, read(key, kind, event), Attempts::withOutcome);
      case SUCCEEDED, FAILED -> attempts.merge(key, read(key, kind, event), Attempts::withOutcome);
      case CANCELLED, EXPIRED -> ends.put(key, read(key, kind, event));
      case PROGRESS, DEAD -> {} // say nothing of an attempt that others do not
    }
  }

  private static Attempt read(Key key, Kind kind, ResultSet event) throws SQLException {
    return new Attempt(
        key.round,
        key.attempt,
        key.delivery,
        event.getString("worker"),
        TaskRows.instant(event, "started_at"),
        TaskRows.instant(event, "ended_at"),
        Outcome.of(kind, event.getBoolean("timed_out")),
        Failure.of(event));
  }

  /** Events come in any order: what tells the outcome counts. */
  private static Attempt withOutcome(Attempt one, Attempt other) {
    var ended = one.outcome() == Outcome.RUNNING ? other : one;
    var running = ended == one ? other : one;
    return new Attempt(
        ended.round(),
        ended.number(),
        ended.delivery(),
        ended.worker() == null ? running.worker() : ended.worker(),
        ended.startedAt() == null ? running.startedAt() : ended.startedAt(),
        ended.endedAt(),
        ended.outcome(),
        ended.error());
  }

  private void end(Key key, Attempt ended) {
    if (ended.startedAt() != null) {
      attempts.merge(key, ended, Attempts::withOutcome);
    } else {
      attempts.computeIfPresent(key, (same, running) -> withOutcome(running, ended));
    }
  }

  /** In their order. */
  List<Attempt> all(TaskState state) {
    ends.forEach(this::end);
    var all = new ArrayList<>(attempts.values());
    for (var i = 0; i < all.size(); i++) {
      var isCurrent = state == TaskState.RUNNING && i == all.size() - 1;
      if (all.get(i).outcome() == Outcome.RUNNING && !isCurrent) {
        all.set(i, all.get(i).lost());
      }
    }
    return all;
  }
}
