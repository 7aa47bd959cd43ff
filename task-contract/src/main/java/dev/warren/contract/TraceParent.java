package dev.warren.contract;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which trace something is a part of, and which span of it is the parent: the header {@code
 * traceparent} of W3C's Trace Context.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all of them 0
 * @param parentId 16 of them, not all 0
 * @param flags two of them; the lowest bit says that the trace is recorded
 */
public record TraceParent(String traceId, String parentId, String flags) {

  /** Of the header, in HTTP and in AMQP. */
  public static final String HEADER = "traceparent";

  /** The name by which log lines have the {@link #traceId}. */
  public static final String LOGGED_AS = "traceId";

  private static final Pattern TEXT =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  private static final String VERSION = "00";
  private static final String NO_VERSION = "ff";
  private static final Pattern ZEROS = Pattern.compile("0+");

  /** What the header says; empty where it makes no sense, or there is none. */
  public static Optional<TraceParent> parse(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    var parts = TEXT.matcher(text);
    if (!parts.matches()
        || parts.group(1).equals(NO_VERSION)
        || (parts.group(1).equals(VERSION) && parts.group(5) != null)) {
      return Optional.empty();
    }
    return of(parts.group(2), parts.group(3), parts.group(4));
  }

  /** Of a span; empty where it is none. */
  public static Optional<TraceParent> of(String traceId, String parentId, String flags) {
    return isNone(traceId) || isNone(parentId)
        ? Optional.empty()
        : Optional.of(new TraceParent(traceId, parentId, flags));
  }

  private static boolean isNone(String id) {
    return id.isEmpty() || ZEROS.matcher(id).matches();
  }

  /** As the header is written. */
  @Override
  public String toString() {
    return VERSION + "-" + traceId + "-" + parentId + "-" + flags;
  }
}
