package dev.warren.cli.doors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came of a call.
 *
 * @param result null where nobody has answered yet
 */
public record Reply(@Nullable String taskId, @Nullable JsonNode result) {}
