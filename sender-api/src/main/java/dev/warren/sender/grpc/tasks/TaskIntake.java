package dev.warren.sender.grpc.tasks;

import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.WireMessage;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.submission.OnceOnly;
import dev.warren.sender.submission.SubmissionMetrics;
import dev.warren.sender.submission.Submissions;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Brings tasks to the broker, and counts them. */
@Component
final class TaskIntake {

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private final Submissions submissions;
  private final SubmissionMetrics metrics;
  private final OnceOnly onceOnly;

  TaskIntake(Submissions submissions, SubmissionMetrics metrics, OnceOnly onceOnly) {
    this.submissions = submissions;
    this.metrics = metrics;
    this.onceOnly = onceOnly;
  }

  /** The same, by a way to the broker on which each waits for its turn. */
  TaskIntake inBulk(Function<WireMessage, CompletableFuture<PublishOutcome>> other) {
    return new TaskIntake(submissions, metrics, onceOnly.inBulk(other));
  }

  CompletableFuture<TaskMessage> take(SubmitRequest request, Origin origin) {
    return take(request, origin, id -> {});
  }

  /**
   * The task once the broker has it; fails with {@link RequestRefused}.
   *
   * @param drafted is told the task's id before the broker is sent it
   */
  CompletableFuture<TaskMessage> take(
      SubmitRequest request, Origin origin, Consumer<String> drafted) {
    try {
      var draft = submissions.draft(TaskFields.of(request), origin);
      drafted.accept(draft.task().id());
      return metrics.counted(onceOnly.take(draft)).thenApply(taken -> taken.draft().task());
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      return CompletableFuture.failedFuture(new RequestRefused(inTermsOf(e.problem())));
    }
  }

  /** With the fields as the proto names them. */
  private static Problem inTermsOf(Problem problem) {
    return problem.errors().isEmpty()
        ? problem
        : Problem.ofFields(
            problem.errors().stream()
                .map(error -> new FieldError(nameOf(error.field()), error.detail()))
                .toList());
  }

  /** What is within the payload or the labels is the client's own. */
  private static String nameOf(String field) {
    if (field.startsWith("payload") || field.startsWith("labels")) {
      return field;
    }
    return CAPITAL
        .matcher(field.replaceFirst("Seconds$", ""))
        .replaceAll(each -> "_" + each.group().toLowerCase(Locale.ROOT));
  }
}
