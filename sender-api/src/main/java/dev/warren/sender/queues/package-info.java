/** What waits where. */
@NullMarked
package dev.warren.sender.queues;

import org.jspecify.annotations.NullMarked;
