/** The door for gRPC: who is let in, and how what is refused is said. */
@NullMarked
package dev.warren.sender.grpc;

import org.jspecify.annotations.NullMarked;
