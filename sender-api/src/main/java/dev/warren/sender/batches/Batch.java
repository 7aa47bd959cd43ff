package dev.warren.sender.batches;

import dev.warren.sender.batches.BatchReceipt.Outcome;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.submission.Draft;
import dev.warren.sender.submission.SubmissionMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch: its tasks are published while the rest of it is read, and whatever happens to it or to
 * the broker, each that was read gets an outcome.
 */
final class Batch {

  private static final Logger log = LoggerFactory.getLogger(Batch.class);

  /** Longer than any claim, lookup and publish may take. */
  private static final long LAST_OUTCOME_SECONDS = 20;

  private final BatchLines lines;
  private final BatchRoom room;
  private final SubmissionMetrics metrics;
  private final int maxTasks;
  private final int maxTask;
  private final List<Line> read = new ArrayList<>();

  /**
   * @param maxTask in bytes
   */
  Batch(BatchLines lines, BatchRoom room, SubmissionMetrics metrics, int maxTasks, int maxTask) {
    this.lines = lines;
    this.room = room;
    this.metrics = metrics;
    this.maxTasks = maxTasks;
    this.maxTask = maxTask;
  }

  /**
   * @param id of the task; null where it was refused before it had one
   */
  private record Line(@Nullable String id, CompletableFuture<Outcome> outcome) {}

  /**
   * Takes all that is there.
   *
   * @throws RequestRefused where not even the beginning can be read
   */
  BatchReceipt take(TaskSplitter tasks) {
    try {
      for (var task = tasks.next(); task != null; task = tasks.next()) {
        if (read.size() == maxTasks) {
          refuse(tooMany());
          break;
        }
        var refusal = take(task);
        if (refusal != null && tasks.isBrokenBy(task)) {
          break;
        }
      }
    } catch (RequestRefused e) {
      if (read.isEmpty()) {
        throw e;
      }
      refuse(e.problem());
    }
    return BatchReceipt.of(outcomes());
  }

  /** What is wrong with it; null where it is on its way. */
  private @Nullable Problem take(byte[] task) {
    var index = read.size();
    try {
      if (task.length > maxTask) {
        throw new RequestRefused(
            Problem.of(
                ProblemType.CONTENT_TOO_LARGE, "Send a task of at most " + maxTask + " bytes."));
      }
      var draft = lines.draft(index, task);
      var permits = room.acquire(task.length);
      var taken = take(index, draft);
      read.add(new Line(draft.task().id(), taken));
      taken.whenComplete((outcome, failure) -> room.release(permits));
      return null;
    } catch (RequestRefused e) {
      refuse(e.problem());
      return e.problem();
    }
  }

  private CompletableFuture<Outcome> take(int index, Draft<String> draft) {
    return metrics
        .counted(lines.take(index, draft))
        .handle(
            (taken, failure) ->
                failure == null
                    ? Outcome.accepted(index, draft.answer())
                    : Outcome.refused(index, RequestRefused.problemOf(failure)));
  }

  private void refuse(Problem problem) {
    metrics.refused(problem.type());
    var outcome = Outcome.refused(read.size(), problem);
    read.add(new Line(null, CompletableFuture.completedFuture(outcome)));
  }

  private Problem tooMany() {
    return Problem.of(
        ProblemType.CONTENT_TOO_LARGE,
        "A batch holds at most " + maxTasks + " tasks: this one and all behind it were not read.");
  }

  private List<Outcome> outcomes() {
    var all = read.stream().map(Line::outcome).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(all).get(LAST_OUTCOME_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("a batch is answered without all of its outcomes", e);
    }
    var outcomes = new ArrayList<Outcome>();
    for (var i = 0; i < read.size(); i++) {
      outcomes.add(read.get(i).outcome.getNow(unknown(i)));
    }
    return outcomes;
  }

  private Outcome unknown(int index) {
    var problem = Problem.of(ProblemType.UNCONFIRMED, "The task may be queued or not.");
    var id = read.get(index).id;
    return Outcome.refused(index, id == null ? problem : problem.withTask(id));
  }
}
