/** {@code warren.v1.Tasks}: tasks of any type, sent, looked up and followed. */
@NullMarked
package dev.warren.sender.grpc.tasks;

import org.jspecify.annotations.NullMarked;
