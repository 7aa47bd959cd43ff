/**
 * What a person or a program reads: results, tables, and no control character that somebody sent.
 */
@NullMarked
package dev.warren.cli.output;

import org.jspecify.annotations.NullMarked;
