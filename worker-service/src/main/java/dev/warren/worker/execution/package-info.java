/** Executes one attempt of a task: the handler, its thread, its deadline; knows nothing of AMQP. */
@NullMarked
package dev.warren.worker.execution;

import org.jspecify.annotations.NullMarked;
