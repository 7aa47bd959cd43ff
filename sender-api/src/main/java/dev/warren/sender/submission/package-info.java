/** POST /send: request, validation, receipt. */
@NullMarked
package dev.warren.sender.submission;

import org.jspecify.annotations.NullMarked;
