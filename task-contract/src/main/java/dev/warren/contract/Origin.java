package dev.warren.contract;

import org.jspecify.annotations.Nullable;

/**
 * Where a task comes from.
 *
 * @param createdBy name of the API key that it was sent with, where there was one
 * @param trace what it is a part of, where whoever made it said so
 */
public record Origin(@Nullable String createdBy, @Nullable TraceParent trace) {

  public static final Origin UNKNOWN = new Origin(null, null);

  /** The same, as a part of this trace. */
  public Origin tracedBy(@Nullable TraceParent other) {
    return new Origin(createdBy, other);
  }
}
