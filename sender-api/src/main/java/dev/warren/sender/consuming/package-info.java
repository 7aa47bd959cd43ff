/** Reads from the broker, on a connection that no publish waits for. */
@NullMarked
package dev.warren.sender.consuming;

import org.jspecify.annotations.NullMarked;
