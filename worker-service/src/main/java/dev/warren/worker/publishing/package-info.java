/** Publishes what became of a task, and does not lose it. */
@NullMarked
package dev.warren.worker.publishing;

import org.jspecify.annotations.NullMarked;
