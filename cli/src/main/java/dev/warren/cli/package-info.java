/** The terminal's client: its commands, over HTTP or gRPC. */
@NullMarked
package dev.warren.cli;

import org.jspecify.annotations.NullMarked;
