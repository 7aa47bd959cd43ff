/** Tasks as those see them who follow them: one, many, and until their end. */
@NullMarked
package dev.warren.sender.following;

import org.jspecify.annotations.NullMarked;
