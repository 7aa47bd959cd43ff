/** Publishes what has become due, finds what was lost, and forgets what is old. */
@NullMarked
package dev.warren.sender.scheduling;

import org.jspecify.annotations.NullMarked;
