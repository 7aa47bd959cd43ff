/** The work of the system's tasks: to tell of where it is done. */
@NullMarked
package dev.warren.worker.handlers.system;

import org.jspecify.annotations.NullMarked;
