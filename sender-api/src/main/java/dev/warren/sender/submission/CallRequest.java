package dev.warren.sender.submission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task that is nothing but its payload.
 *
 * @param queue key of the one it is for; where it is null, its type says so
 * @param expiresAt not to be done after
 * @param payload JSON in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // two requests are never equal, nor should they be
public record CallRequest(
    String type, @Nullable String queue, @Nullable Instant expiresAt, byte[] payload) {}
