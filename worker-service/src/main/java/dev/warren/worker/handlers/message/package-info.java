/** The work of a message task: a second for each dot. */
@NullMarked
package dev.warren.worker.handlers.message;

import org.jspecify.annotations.NullMarked;
