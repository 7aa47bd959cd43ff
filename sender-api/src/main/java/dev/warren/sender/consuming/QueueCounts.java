package dev.warren.sender.consuming;

/**
 * What the broker says of a queue at this moment.
 *
 * @param ready messages that wait for a consumer
 */
public record QueueCounts(long ready, long consumers) {}
