package dev.warren.sender.workers;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this replica knows of the workers at one moment.
 *
 * @param all by name
 * @param departed when each of those that are gone was found to be, by name
 * @param listeningSince null while this replica cannot hear them
 */
public record KnownWorkers(
    List<WorkerView> all, Map<String, Instant> departed, @Nullable Instant listeningSince) {}
