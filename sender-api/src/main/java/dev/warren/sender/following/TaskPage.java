package dev.warren.sender.following;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param nextCursor asks for the next part; null where there is none
 */
public record TaskPage(List<TaskView> data, @Nullable String nextCursor) {}
