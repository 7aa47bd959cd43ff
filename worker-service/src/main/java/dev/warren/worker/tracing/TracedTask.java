package dev.warren.worker.tracing;

import dev.warren.contract.TaskEvent;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TraceParent;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.Optional;
import org.slf4j.MDC;

/** A delivery that this thread has at hand, with its trace in the log lines until it is closed. */
public final class TracedTask implements AutoCloseable {

  private final TaskMessage task;
  private final Span span;
  private final Tracer.SpanInScope scope;

  TracedTask(TaskMessage task, Tracer tracer, Span span) {
    this.span = span;
    this.scope = tracer.withSpan(span);
    this.task = current().map(trace -> task.with(task.origin().tracedBy(trace))).orElse(task);
    var trace = this.task.trace();
    if (trace != null) {
      MDC.put(TraceParent.LOGGED_AS, trace.traceId());
    }
  }

  private Optional<TraceParent> current() {
    var context = span.context();
    var flags = Boolean.TRUE.equals(context.sampled()) ? "01" : "00";
    return TraceParent.of(context.traceId(), context.spanId(), flags);
  }

  /** As its handler sees it: where this is traced, a part of this attempt. */
  public TaskMessage task() {
    return task;
  }

  /** Notes what became of it. */
  public void ended(TaskEvent outcome) {
    span.tag("warren.outcome", outcome.kind().word());
    var failure = outcome.failure();
    if (failure != null) {
      span.tag("error.type", failure.errorClass());
      span.event(failure.message());
    }
  }

  @Override
  public void close() {
    scope.close();
    MDC.remove(TraceParent.LOGGED_AS);
    span.end();
  }
}
