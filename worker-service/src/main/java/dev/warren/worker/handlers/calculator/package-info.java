/** The work of the calculator's tasks. */
@NullMarked
package dev.warren.worker.handlers.calculator;

import org.jspecify.annotations.NullMarked;
