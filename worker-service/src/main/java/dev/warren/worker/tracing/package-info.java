/** Which trace a task is a part of. */
@NullMarked
package dev.warren.worker.tracing;

import org.jspecify.annotations.NullMarked;
