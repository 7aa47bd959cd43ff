package dev.warren.sender.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.sender.following.TaskView;
import dev.warren.sender.problems.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.UriUtils;

/**
 * What became of each task of a batch, in their order.
 *
 * @param accepted how many the broker has
 * @param refused how many outcomes are problems
 */
record BatchReceipt(int accepted, int refused, List<Outcome> outcomes) {

  private static final int TIMEOUT = 408;

  static BatchReceipt of(List<Outcome> outcomes) {
    var accepted = (int) outcomes.stream().filter(Outcome::isAccepted).count();
    return new BatchReceipt(accepted, outcomes.size() - accepted, outcomes);
  }

  /** Whether no outcome would be another one if the batch were sent again. */
  boolean isFinal() {
    return outcomes.stream().allMatch(outcome -> outcome.status < 500 && outcome.status != TIMEOUT);
  }

  /**
   * What a request with this task alone would have been answered.
   *
   * @param index from 0, of the task in the batch
   * @param id of the task that the broker has, or may have
   * @param retryAfter in seconds
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Outcome(
      int index,
      int status,
      @Nullable String id,
      @Nullable String location,
      @Nullable Integer retryAfter,
      @Nullable Map<String, Object> problem) {

    private static final int ACCEPTED = 202;

    static Outcome accepted(int index, String id) {
      var location = TaskView.PATH + UriUtils.encodePathSegment(id, StandardCharsets.UTF_8);
      return new Outcome(index, ACCEPTED, id, location, null, null);
    }

    static Outcome refused(int index, Problem problem) {
      var retryAfter = problem.headers().get(HttpHeaders.RETRY_AFTER);
      return new Outcome(
          index,
          problem.status(),
          problem.taskId(),
          problem.headers().get(HttpHeaders.LOCATION),
          retryAfter == null ? null : Integer.valueOf(retryAfter),
          problem.members());
    }

    private boolean isAccepted() {
      return status == ACCEPTED;
    }
  }
}
