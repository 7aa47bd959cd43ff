package dev.warren.sender.ledger.database;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Text of strangers, as it fits a column. */
public final class Text {

  private static final int FINGERPRINTED = 300;

  private Text() {}

  /** At most so long, and without NUL, which PostgreSQL refuses. */
  public static String fit(String text, int length) {
    var clean = text.replace('\0', '\uFFFD');
    if (clean.length() <= length) {
      return clean;
    }
    var splitsPair = Character.isHighSurrogate(clean.charAt(length - 1));
    return clean.substring(0, splitsPair ? length - 1 : length);
  }

  /** The same for failures that differ in numbers and ids only. */
  public static String fingerprint(String type, String reason, String errorClass, String message) {
    var words = fit(message, FINGERPRINTED).replaceAll("[0-9a-fA-F-]{8,}|[0-9]+", "#");
    var all = String.join("\n", type, reason, errorClass, words);
    return HexFormat.of().formatHex(sha256(all), 0, 16);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }
}
