/** Stops what was begun: tasks that are cancelled, queues that are paused; tells all workers. */
@NullMarked
package dev.warren.sender.control;

import org.jspecify.annotations.NullMarked;
