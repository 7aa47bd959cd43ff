/** The work of the directory's tasks: to find people. */
@NullMarked
package dev.warren.worker.handlers.directory;

import org.jspecify.annotations.NullMarked;
