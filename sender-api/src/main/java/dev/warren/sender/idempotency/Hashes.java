package dev.warren.sender.idempotency;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in hexadecimal digits. */
final class Hashes {

  private Hashes() {}

  static String of(String... parts) {
    return ended(begun(parts));
  }

  static MessageDigest begun(String... parts) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0); // so that no two lists of parts are the same
      }
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }

  static String ended(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
