/** A worker: takes one task at a time, does it, acknowledges it. */
@NullMarked
package dev.warren.worker;

import org.jspecify.annotations.NullMarked;
