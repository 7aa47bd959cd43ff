/** The work of an http task: a call of a URL. */
@NullMarked
package dev.warren.worker.handlers.http;

import org.jspecify.annotations.NullMarked;
