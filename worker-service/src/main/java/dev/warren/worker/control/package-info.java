/** What the API tells a worker: which tasks are cancelled, which queues are paused. */
@NullMarked
package dev.warren.worker.control;

import org.jspecify.annotations.NullMarked;
