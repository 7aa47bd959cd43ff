/** The services for whoever would rather be asked. */
@NullMarked
package dev.warren.cli.menu;

import org.jspecify.annotations.NullMarked;
