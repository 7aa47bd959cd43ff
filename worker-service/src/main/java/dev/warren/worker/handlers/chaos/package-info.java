/** The work of a chaos task: to misbehave. */
@NullMarked
package dev.warren.worker.handlers.chaos;

import org.jspecify.annotations.NullMarked;
