/** Which trace a request is a part of. */
@NullMarked
package dev.warren.sender.tracing;

import org.jspecify.annotations.NullMarked;
