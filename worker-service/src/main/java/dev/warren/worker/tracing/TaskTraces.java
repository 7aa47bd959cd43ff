package dev.warren.worker.tracing;

import dev.warren.contract.TaskMessage;
import dev.warren.contract.TraceParent;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.Map;

/** Goes on with the traces that tasks are a part of. */
public final class TaskTraces {

  private final Tracer tracer;
  private final Propagator propagator;

  TaskTraces(Tracer tracer, Propagator propagator) {
    this.tracer = tracer;
    this.propagator = propagator;
  }

  /** Begins with a task, on this thread: a span of its own where this is traced. */
  public TracedTask begin(TaskMessage task) {
    var trace = task.trace();
    Map<String, String> carrier =
        trace == null ? Map.of() : Map.of(TraceParent.HEADER, trace.toString());
    var span =
        propagator
            .extract(carrier, Map::get)
            .kind(Span.Kind.CONSUMER)
            .name("process " + task.queue())
            .tag("messaging.system", "rabbitmq")
            .tag("messaging.message.id", task.id())
            .tag("warren.type", task.type())
            .tag("warren.attempt", task.execution().attempt())
            .start();
    return new TracedTask(task, tracer, span);
  }
}
