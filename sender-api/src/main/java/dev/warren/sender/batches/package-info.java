/** POST /v1/tasks/batch: many tasks in one request, each with an outcome of its own. */
@NullMarked
package dev.warren.sender.batches;

import org.jspecify.annotations.NullMarked;
