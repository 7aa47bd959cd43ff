/** What is asked of the people directory, and what it answers. */
@NullMarked
package dev.warren.contract.directory;

import org.jspecify.annotations.NullMarked;
