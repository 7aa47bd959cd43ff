package dev.warren.sender.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The text of a key. Only its SHA-256 is kept: 256 random bits cannot be guessed from that, however
 * fast the hash is, which each request has to compute.
 */
final class KeyText {

  /** By which people, and those who scan for secrets, see what it is. */
  static final String PREFIX = "warren_";

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** 128 bits, even where each character holds four. */
  private static final Pattern LONG_ENOUGH = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{32,256}");

  private static final int DIFFERENT_ENOUGH = 8;

  private KeyText() {}

  static String random() {
    var bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether a key that somebody else made up can be one. */
  static boolean isAcceptable(String key) {
    return LONG_ENOUGH.matcher(key).matches()
        && key.substring(PREFIX.length()).chars().distinct().count() >= DIFFERENT_ENOUGH;
  }

  static byte[] hashOf(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each JDK has it
    }
  }
}
