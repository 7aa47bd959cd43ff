/** What a task type's work looks like to the worker. */
@NullMarked
package dev.warren.worker.handlers;

import org.jspecify.annotations.NullMarked;
