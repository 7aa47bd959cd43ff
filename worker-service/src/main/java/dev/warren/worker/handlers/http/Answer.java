package dev.warren.worker.handlers.http;

import dev.warren.contract.HttpResult;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/**
 * What was answered.
 *
 * @param headers by their names in lower case
 * @param body at most its first 64 KiB
 * @param truncated whether it was longer
 */
@SuppressWarnings("ArrayRecordComponent") // two answers are never equal, nor should they be
record Answer(int status, Map<String, String> headers, byte[] body, boolean truncated) {

  static final int MAX_BODY = 64 * 1024;

  private static final int MAX_HEADER = 8000;

  /** A character of UTF-8 that was cut has at most so many bytes left. */
  private static final int MAX_REST = 3;

  /**
   * @param body one byte more than {@link #MAX_BODY} where it is longer
   */
  static Answer of(ClassicHttpResponse response, byte[] body) {
    var headers =
        Stream.of(response.getHeaders())
            .collect(
                Collectors.toMap(
                    header -> header.getName().toLowerCase(Locale.ROOT),
                    Answer::valueOf,
                    (one, more) -> one + ", " + more));
    var truncated = body.length > MAX_BODY;
    return new Answer(
        response.getCode(), headers, truncated ? Arrays.copyOf(body, MAX_BODY) : body, truncated);
  }

  private static String valueOf(Header header) {
    return header.getValue() == null ? "" : header.getValue();
  }

  @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  boolean isSuccess() {
    return status / 100 == 2;
  }

  boolean isRedirect() {
    return status / 100 == 3;
  }

  /** Whether the same call may well be answered otherwise another time. */
  boolean isWorthRetrying() {
    return status == 408 || status == 425 || status == 429 || status / 100 == 5;
  }

  /**
   * @param wanted names of headers
   */
  HttpResult result(List<String> wanted) {
    var told = new LinkedHashMap<String, String>();
    for (var name : wanted) {
      var value = header(name);
      if (value != null) {
        told.put(
            name.toLowerCase(Locale.ROOT),
            value.substring(0, Math.min(value.length(), MAX_HEADER)));
      }
    }
    return text()
        .map(text -> new HttpResult(status, told, text, "utf-8", truncated))
        .orElseGet(
            () ->
                new HttpResult(
                    status, told, Base64.getEncoder().encodeToString(body), "base64", truncated));
  }

  /** The body where it is UTF-8, but for a character that was cut at its end. */
  Optional<String> text() {
    for (var cut = 0; cut <= (truncated ? MAX_REST : 0); cut++) {
      try {
        var bytes = ByteBuffer.wrap(body, 0, Math.max(0, body.length - cut));
        return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
      } catch (CharacterCodingException e) {
        // perhaps with less of it
      }
    }
    return Optional.empty();
  }
}
