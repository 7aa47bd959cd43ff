/** Calls: tasks whose caller wants the result, and perhaps nothing else of them. */
@NullMarked
package dev.warren.sender.calls;

import org.jspecify.annotations.NullMarked;
