/** Writes tasks to the broker; the outcome of each is a value. */
@NullMarked
package dev.warren.sender.publishing;

import org.jspecify.annotations.NullMarked;
