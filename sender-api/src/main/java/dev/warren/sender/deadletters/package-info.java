/** The dead: looked at, done again, and what is in finished tasks erased. */
@NullMarked
package dev.warren.sender.deadletters;

import org.jspecify.annotations.NullMarked;
