/** Callers that wait for the outcome of the task that they have sent. */
@NullMarked
package dev.warren.sender.calls;

import org.jspecify.annotations.NullMarked;
