package dev.warren.sender.explaining;

import dev.warren.sender.explaining.QueueSights.Sight;
import dev.warren.sender.workers.KnownWorkers;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a task and of what may be in its way.
 *
 * @param sight of its queue; null where the task is at none
 * @param ahead of it in its queue, by the ledger; null where that does not matter
 * @param isPaused whether workers are to take nothing from its queue
 * @param isDeclared whether this API declares its queue
 * @param alarm what the broker is short of; null where it blocks nobody
 * @param obstacle why this API cannot publish; null where it can
 */
record Facts(
    TaskFacts task,
    @Nullable Sight sight,
    @Nullable Long ahead,
    boolean isPaused,
    boolean isDeclared,
    @Nullable String alarm,
    @Nullable String obstacle,
    KnownWorkers workers) {}
