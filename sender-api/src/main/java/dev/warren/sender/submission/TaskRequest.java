package dev.warren.sender.submission;

import dev.warren.contract.TaskOptions;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/tasks}, with what its type has by default filled in.
 *
 * @param taskId the client's own
 * @param queue key of the queue it is for
 * @param payload JSON in UTF-8, as it stands in the body
 */
@SuppressWarnings("ArrayRecordComponent") // two requests are never equal, nor should they be
record TaskRequest(
    @Nullable String taskId, String type, String queue, TaskOptions options, byte[] payload) {}
