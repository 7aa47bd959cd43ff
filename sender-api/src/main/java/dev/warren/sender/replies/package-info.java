/** Brings the outcome of a task to whoever waits for it at this replica. */
@NullMarked
package dev.warren.sender.replies;

import org.jspecify.annotations.NullMarked;
