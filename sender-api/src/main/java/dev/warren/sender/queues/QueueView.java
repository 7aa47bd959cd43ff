package dev.warren.sender.queues;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A queue of tasks. What could not be found out is null, and the note says why.
 *
 * @param name key of the queue
 * @param depth tasks that wait for a worker, exactly
 * @param consumers slots of workers
 * @param unacknowledged tasks in the hands of workers, a few seconds ago
 * @param rateIn tasks a second, a few seconds ago
 * @param rateOut tasks delivered a second, a few seconds ago
 * @param scheduled tasks that wait for their time
 * @param retrying tasks that wait for their next attempt
 * @param running tasks that a worker has said to be at
 * @param paused whether workers take nothing from it
 */
record QueueView(
    String name,
    @Nullable Long depth,
    @Nullable Long consumers,
    @Nullable Long unacknowledged,
    @Nullable Double rateIn,
    @Nullable Double rateOut,
    @Nullable Long scheduled,
    @Nullable Long retrying,
    @Nullable Long running,
    @Nullable Boolean paused,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String note) {}
