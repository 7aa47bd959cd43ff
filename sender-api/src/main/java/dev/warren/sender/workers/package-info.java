/** Which workers there are, by what they say of themselves. */
@NullMarked
package dev.warren.sender.workers;

import org.jspecify.annotations.NullMarked;
