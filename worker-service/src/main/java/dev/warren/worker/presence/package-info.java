/** Tells whoever listens that this worker is there, and what it is at. */
@NullMarked
package dev.warren.worker.presence;

import org.jspecify.annotations.NullMarked;
