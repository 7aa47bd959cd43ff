/** Receives tasks, hands them to their handlers, settles them; no business logic. */
@NullMarked
package dev.warren.worker.consuming;

import org.jspecify.annotations.NullMarked;
