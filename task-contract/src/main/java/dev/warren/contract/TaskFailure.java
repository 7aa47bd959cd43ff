package dev.warren.contract;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt failed, and what follows from it.
 *
 * @param errorClass of the exception, or a code in its place, at most {@value #MAX_ERROR_CLASS}
 *     characters
 * @param message in words, at most {@value #MAX_MESSAGE} characters
 * @param permanent another attempt would fail as well
 * @param timedOut the attempt took longer than it may
 * @param retryAfter the wait before the next attempt, in place of the retry policy's
 */
public record TaskFailure(
    String errorClass,
    String message,
    boolean permanent,
    boolean timedOut,
    @Nullable Duration retryAfter) {

  /** Properties and headers of a message must fit one frame of 128 KiB. */
  public static final int MAX_MESSAGE = 4000;

  /** So much of a class's name, which may be any text in a foreign worker's event. */
  public static final int MAX_ERROR_CLASS = 255;

  public TaskFailure {
    errorClass = cut(errorClass, MAX_ERROR_CLASS);
    message = cut(message, MAX_MESSAGE);
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max);
  }
}
