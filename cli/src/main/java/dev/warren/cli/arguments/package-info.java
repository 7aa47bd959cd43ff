/** What a person writes after a type, and the payload that it makes. */
@NullMarked
package dev.warren.cli.arguments;

import org.jspecify.annotations.NullMarked;
