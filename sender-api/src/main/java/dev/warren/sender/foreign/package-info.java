/** Replies to callers that have sent their task past the API, with a {@code reply_to}. */
@NullMarked
package dev.warren.sender.foreign;

import org.jspecify.annotations.NullMarked;
