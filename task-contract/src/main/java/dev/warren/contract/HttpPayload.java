package dev.warren.contract;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payload of an {@code http} task: a call of a URL.
 *
 * @param url {@code http} or {@code https}, in ASCII, without user, password and fragment
 * @param method {@code GET} where it is missing, with a body {@code POST}
 * @param headers beside those that are sent anyway
 * @param body text, sent in UTF-8, as {@code application/json} unless a header says otherwise
 * @param timeoutSeconds for the whole call, where that is shorter than the task's
 * @param answerHeaders names of the headers of the answer that the result is to tell
 */
@AcceptableCall
public record HttpPayload(
    @NotNull String url,
    @Nullable
        @jakarta.validation.constraints.Pattern(
            regexp = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS",
            message = "must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS")
        String method,
    @Nullable Map<String, String> headers,
    @Nullable String body,
    @Nullable @Min(1) @Max(1500) Integer timeoutSeconds,
    @Nullable List<String> answerHeaders) {

  private static final int MAX_URL = 8000;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_HEADERS = 50;
  private static final int MAX_HEADER_NAME = 100;
  private static final int MAX_HEADER = 8000;

  /** What RFC 9110 calls a token: none of these characters means anything in a message. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1," + MAX_HEADER_NAME + "}");

  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]{0," + MAX_HEADER + "}");

  private static final Pattern ASCII = Pattern.compile("[\\x21-\\x7e]*");

  /** The connection's own, by which one request could be made to look like two. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "te",
          "trailer",
          "upgrade",
          "expect");

  /** What a receiver must be able to rely on. */
  private static final Set<String> OF_THE_TASK =
      Set.of(
          "idempotency-key",
          "webhook-id",
          "webhook-timestamp",
          "webhook-signature",
          TraceParent.HEADER);

  /** The method to be used. */
  public String effectiveMethod() {
    if (method != null) {
      return method;
    }
    return body == null ? "GET" : "POST";
  }

  /** What is wrong with each field beyond its own constraints, and what to change. */
  Map<String, String> problems() {
    var problems = new LinkedHashMap<String, String>();
    if (url != null) {
      problemWithUrl(url).ifPresent(it -> problems.put("url", it));
    }
    if (headers != null) {
      problemWithHeaders(headers).ifPresent(it -> problems.put("headers", it));
    }
    if (body != null && (effectiveMethod().equals("GET") || effectiveMethod().equals("HEAD"))) {
      problems.put("body", "must not be given with the method " + effectiveMethod());
    }
    if (answerHeaders != null) {
      problemWithNames(answerHeaders).ifPresent(it -> problems.put("answerHeaders", it));
    }
    return problems;
  }

  private static Optional<String> problemWithUrl(String url) {
    if (url.length() > MAX_URL) {
      return Optional.of("must be at most " + MAX_URL + " characters long");
    }
    if (!ASCII.matcher(url).matches()) {
      return Optional.of(
          "must be ASCII without spaces: percent-encode the path, write the host as xn--...");
    }
    try {
      return problemWithUrl(new URI(url));
    } catch (URISyntaxException e) {
      return Optional.of(
          "must be a URL such as https://example.org/path; see its character " + e.getIndex());
    }
  }

  private static Optional<String> problemWithUrl(URI url) {
    var scheme = url.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      return Optional.of("must begin with http:// or https://");
    }
    if (url.getRawUserInfo() != null) {
      return Optional.of("must hold no user and no password; send a header Authorization");
    }
    if (url.getHost() == null) {
      return Optional.of(
          "must name a host: letters, digits, hyphens and dots, or an address of four numbers,"
              + " or an IPv6 address in brackets");
    }
    if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      return Optional.of("must have a port from 1 to " + MAX_PORT);
    }
    return url.getRawFragment() == null
        ? Optional.empty()
        : Optional.of("must have no fragment (#...), which would not be sent");
  }

  private static Optional<String> problemWithHeaders(Map<String, String> headers) {
    var problem = problemWithNames(headers.keySet());
    if (problem.isPresent()) {
      return problem;
    }
    for (var header : headers.entrySet()) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      if (OF_THE_CONNECTION.contains(name)) {
        return Optional.of("must not hold " + name + ", which is the connection's own");
      }
      if (OF_THE_TASK.contains(name)) {
        return Optional.of("must not hold " + name + ", which is made of the task");
      }
      if (header.getValue() == null || !VALUE.matcher(header.getValue()).matches()) {
        return Optional.of(
            "must have for %s printable ASCII in one line, at most %d characters"
                .formatted(name, MAX_HEADER));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> problemWithNames(Collection<String> names) {
    if (names.size() > MAX_HEADERS) {
      return Optional.of("must hold at most " + MAX_HEADERS);
    }
    return names.stream().allMatch(name -> name != null && NAME.matcher(name).matches())
        ? Optional.empty()
        : Optional.of(
            "must have names of 1 to %d letters, digits and !#$%%&'*+-.^_`|~"
                .formatted(MAX_HEADER_NAME));
  }
}
