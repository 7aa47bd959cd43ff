/** POST /send and POST /v1/tasks: request, validation, receipt; what is taken once only. */
@NullMarked
package dev.warren.sender.submission;

import org.jspecify.annotations.NullMarked;
