package dev.warren.sender.submission;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.publishing.PublishOutcome;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Why {@code POST /send} did not end with a 202, and what to do about it. */
final class Refusals {

  /** In seconds: what passes by itself, soon; what someone has to mend, later. */
  private static final String SOON = "1";

  private static final String LATER = "5";

  private Refusals() {}

  /** What is wrong with the request's head; null where nothing is. */
  static @Nullable Problem of(HttpServletRequest request, long maxBodySize) {
    if (!request.getMethod().equals("POST")) {
      return Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Use POST.")
          .withHeader(HttpHeaders.ALLOW, "POST");
    }
    if (!acceptsJson(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)))) {
      return Problem.of(
          ProblemType.NOT_ACCEPTABLE, "Accept application/json, or leave Accept out.");
    }
    if (!isJson(request.getContentType())) {
      return Problem.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json, in UTF-8.")
          .withHeader("Accept-Post", MediaType.APPLICATION_JSON_VALUE);
    }
    var encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body without compression.")
          .withHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
    }
    return request.getContentLengthLong() > maxBodySize ? tooLarge(maxBodySize) : null;
  }

  static Problem tooLarge(long maxBodySize) {
    return Problem.of(
        ProblemType.CONTENT_TOO_LARGE, "Send a body of at most " + maxBodySize + " bytes.");
  }

  /** Of any outcome but {@link PublishOutcome#CONFIRMED}. */
  static Problem of(PublishOutcome outcome, String taskId) {
    return switch (outcome) {
      case CONFIRMED -> throw new IllegalArgumentException("a confirmed task is not refused");
      case TIMED_OUT, CONNECTION_LOST ->
          Problem.of(
                  ProblemType.UNCONFIRMED,
                  "The task may be queued or not: nobody knows. Sending it again may do it twice.")
              .withTask(taskId);
      case UNAVAILABLE ->
          notTaken(
              ProblemType.BROKER_UNAVAILABLE,
              "The broker takes no tasks now; GET /actuator/health/readiness says why.",
              LATER);
      case BLOCKED ->
          notTaken(
              ProblemType.BROKER_BLOCKED, "The broker is short of memory or disk space.", LATER);
      case NACKED -> notTaken(ProblemType.QUEUE_REFUSED, "The broker refused the task.", LATER);
      case UNROUTABLE ->
          notTaken(ProblemType.UNROUTABLE, "The queue is missing; it will be made again.", LATER);
      case OVERLOADED ->
          notTaken(ProblemType.OVERLOADED, "Too many requests wait for the broker.", SOON);
    };
  }

  private static Problem notTaken(ProblemType type, String cause, String retryAfter) {
    return Problem.of(
            type, cause + " The task was not taken; send it again after Retry-After seconds.")
        .withHeader(HttpHeaders.RETRY_AFTER, retryAfter);
  }

  private static boolean acceptsJson(List<String> accept) {
    if (accept.isEmpty() || accept.get(0).equals(MediaType.ALL_VALUE)) {
      return true;
    }
    try {
      return MediaType.parseMediaTypes(accept).stream()
          .anyMatch(
              range ->
                  range.isCompatibleWith(MediaType.APPLICATION_JSON)
                      && range.getQualityValue() > 0);
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    try {
      var type = MediaType.parseMediaType(contentType);
      var charset = type.getCharset();
      return type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
          && (charset == null || charset.equals(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
