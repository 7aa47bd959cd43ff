package dev.warren.sender.requests;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** The head of a request that must be a POST of JSON, and whose answer is JSON. */
public final class RequestHead {

  private RequestHead() {}

  /** What is wrong with it; null where nothing is. */
  public static @Nullable Problem problemWith(HttpServletRequest request, long maxBodySize) {
    return problemWith(request, maxBodySize, List.of(MediaType.APPLICATION_JSON));
  }

  /**
   * The same of a request that may be of other types.
   *
   * @param types each in UTF-8
   */
  public static @Nullable Problem problemWith(
      HttpServletRequest request, long maxBodySize, List<MediaType> types) {
    if (!request.getMethod().equals("POST")) {
      return Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Use POST.")
          .withHeader(HttpHeaders.ALLOW, "POST");
    }
    if (!acceptsJson(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)))) {
      return Problem.of(
          ProblemType.NOT_ACCEPTABLE, "Accept application/json, or leave Accept out.");
    }
    if (!isOneOf(types, request.getContentType())) {
      var names = types.stream().map(MediaType::toString).toList();
      return Problem.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "Send Content-Type: " + String.join(" or ", names) + ", in UTF-8.")
          .withHeader("Accept-Post", String.join(", ", names));
    }
    var encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body without compression.")
          .withHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
    }
    return request.getContentLengthLong() > maxBodySize ? tooLarge(maxBodySize) : null;
  }

  public static Problem tooLarge(long maxBodySize) {
    return Problem.of(
        ProblemType.CONTENT_TOO_LARGE, "Send a body of at most " + maxBodySize + " bytes.");
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

  private static boolean isOneOf(List<MediaType> types, @Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    try {
      var type = MediaType.parseMediaType(contentType);
      var charset = type.getCharset();
      return types.stream().anyMatch(type::equalsTypeAndSubtype)
          && (charset == null || charset.equals(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
