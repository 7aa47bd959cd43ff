/** The ways into Warren: HTTP and gRPC, with the same answers. */
@NullMarked
package dev.warren.cli.doors;

import org.jspecify.annotations.NullMarked;
