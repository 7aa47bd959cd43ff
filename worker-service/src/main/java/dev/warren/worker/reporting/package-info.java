/** What a worker says of itself: health, metrics, what it holds. */
@NullMarked
package dev.warren.worker.reporting;

import org.jspecify.annotations.NullMarked;
