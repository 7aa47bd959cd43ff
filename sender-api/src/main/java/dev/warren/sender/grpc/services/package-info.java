/** The services behind the queue as gRPC has them; each call is a task. */
@NullMarked
package dev.warren.sender.grpc.services;

import org.jspecify.annotations.NullMarked;
