package dev.warren.worker.handlers.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Standard Webhooks says (www.standardwebhooks.com), with each of the secrets. */
final class WebhookSignature {

  static final String ID = "webhook-id";
  static final String TIMESTAMP = "webhook-timestamp";
  static final String SIGNATURE = "webhook-signature";

  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";
  private static final int MIN_BYTES = 24;
  private static final int MAX_BYTES = 64;

  private final List<SecretKeySpec> keys;

  private WebhookSignature(List<SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * @param secrets each {@code whsec_} and 24 to 64 bytes in Base64, separated by spaces; while one
   *     is replaced by another, receivers may know either
   * @throws IllegalStateException saying which of them is none, but not what it is
   */
  static WebhookSignature with(String secrets) {
    var keys = new ArrayList<SecretKeySpec>();
    for (var secret : secrets.strip().split("\\s+")) {
      if (!secret.isEmpty()) {
        keys.add(key(secret, keys.size() + 1));
      }
    }
    return new WebhookSignature(keys);
  }

  private static SecretKeySpec key(String secret, int number) {
    if (!secret.startsWith(PREFIX)) {
      throw malformed(number, "it does not begin with " + PREFIX);
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      throw malformed(number, "what follows " + PREFIX + " is not Base64");
    }
    if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
      throw malformed(number, "it holds " + bytes.length + " bytes");
    }
    return new SecretKeySpec(bytes, ALGORITHM);
  }

  private static IllegalStateException malformed(int number, String why) {
    return new IllegalStateException(
        "HTTP_SIGNING_SECRET: secret %d must be whsec_ and 24 to 64 bytes in Base64; %s"
            .formatted(number, why));
  }

  boolean isWanted() {
    return !keys.isEmpty();
  }

  /** The value of {@link #SIGNATURE}. */
  String of(String id, Instant timestamp, byte[] body) {
    var head = "%s.%d.".formatted(id, timestamp.getEpochSecond()).getBytes(StandardCharsets.UTF_8);
    return keys.stream().map(key -> "v1," + sign(key, head, body)).collect(Collectors.joining(" "));
  }

  private static String sign(SecretKeySpec key, byte[] head, byte[] body) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(head);
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
