package dev.warren.sender.grpc.tasks;

import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.BulkPublisher;
import dev.warren.sender.submission.OnceOnly;
import dev.warren.sender.submission.SubmissionMetrics;
import dev.warren.sender.submission.Submissions;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
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

  /** The same by a publisher that tries again for a while where there is no room. */
  BiFunction<SubmitRequest, Origin, CompletableFuture<TaskMessage>> patient(
      BulkPublisher publisher) {
    var patient = onceOnly.by(publisher::publish);
    return (request, origin) -> take(request, origin, patient, id -> {});
  }

  /**
   * The task once the broker has it; fails with {@link RequestRefused}.
   *
   * @param drafted is told the task's id before the broker is sent it
   */
  CompletableFuture<TaskMessage> take(
      SubmitRequest request, Origin origin, Consumer<String> drafted) {
    return take(request, origin, onceOnly, drafted);
  }

  private CompletableFuture<TaskMessage> take(
      SubmitRequest request, Origin origin, OnceOnly way, Consumer<String> drafted) {
    try {
      var draft = submissions.draft(TaskFields.of(request), origin);
      drafted.accept(draft.task().id());
      return way.take(draft).thenApply(taken -> taken.draft().task()).whenComplete(this::count);
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      return CompletableFuture.failedFuture(new RequestRefused(inTermsOf(e.problem())));
    }
  }

  private void count(TaskMessage task, Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof RequestRefused refused) {
      metrics.refused(refused.problem().type());
    } else if (failure == null) {
      metrics.accepted();
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
