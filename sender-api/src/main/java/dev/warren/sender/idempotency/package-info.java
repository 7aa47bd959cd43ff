/**
 * What a client may use once only, and what came of it; the only thing in the way of a 202 that
 * needs the database.
 */
@NullMarked
package dev.warren.sender.idempotency;

import org.jspecify.annotations.NullMarked;
