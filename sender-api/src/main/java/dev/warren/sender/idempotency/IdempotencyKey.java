package dev.warren.sender.idempotency;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.RequestRefused;
import jakarta.servlet.http.HttpServletRequest;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls a request by, so that it may send it again.
 *
 * @param name hash of the key and its owner
 * @param target method, path and query
 */
public record IdempotencyKey(String name, String target) {

  private static final String HEADER = "Idempotency-Key";

  private static final Pattern BARE = Pattern.compile("[!#-~][!-~]{0,254}");

  /** As the RFC draft has it: a string of RFC 8941. */
  private static final Pattern QUOTED =
      Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\]){1,255})\"");

  /**
   * The one of a request; null where it has none.
   *
   * @param owner two owners' keys never meet
   * @throws RequestRefused where it is none
   */
  public static @Nullable IdempotencyKey in(HttpServletRequest request, String owner) {
    var values = Collections.list(request.getHeaders(HEADER));
    if (values.isEmpty()) {
      return null;
    }
    var key = values.size() == 1 ? textOf(values.get(0)) : null;
    if (key == null) {
      throw new RequestRefused(
          Problem.ofFields(
              List.of(
                  new FieldError(
                      HEADER,
                      "must be given once, as 1 to 255 visible ASCII characters, in quotes or"
                          + " not"))));
    }
    var query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
    var target = request.getMethod() + " " + request.getRequestURI() + query;
    return new IdempotencyKey(Hashes.of("key", owner, key), target);
  }

  /** Quoted or not, it is the same key. */
  static @Nullable String textOf(String value) {
    var quoted = QUOTED.matcher(value);
    if (quoted.matches()) {
      return quoted.group(1).replaceAll("\\\\(.)", "$1");
    }
    return BARE.matcher(value).matches() ? value : null;
  }

  public KeyedRequest with(byte[] body) {
    var digest = digest();
    digest.update(body);
    return with(digest);
  }

  /** To be given the body. */
  public MessageDigest digest() {
    return Hashes.begun(target);
  }

  /**
   * @param digest of this key, that was given the body
   */
  public KeyedRequest with(MessageDigest digest) {
    return new KeyedRequest(name, Hashes.ended(digest));
  }
}
