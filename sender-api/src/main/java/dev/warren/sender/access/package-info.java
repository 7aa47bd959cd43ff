/** Who may ask for what: API keys, their scopes, and when none is needed. */
@NullMarked
package dev.warren.sender.access;

import org.jspecify.annotations.NullMarked;
