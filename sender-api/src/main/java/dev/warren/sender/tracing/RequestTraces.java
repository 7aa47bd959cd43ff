package dev.warren.sender.tracing;

import dev.warren.contract.TraceParent;
import io.micrometer.tracing.Tracer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells what is made of a request which trace it is a part of. */
public final class RequestTraces {

  private final Tracer tracer;

  RequestTraces(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Where this is traced, the request's own span; else what the caller said; null for none. */
  public @Nullable TraceParent of(HttpServletRequest request) {
    return current().or(() -> ofCaller(request)).orElse(null);
  }

  /**
   * The same of what did not come by HTTP.
   *
   * @param header {@code traceparent} as the caller sent it; null for none
   */
  public @Nullable TraceParent of(@Nullable String header) {
    return current().or(() -> TraceParent.parse(header)).orElse(null);
  }

  static Optional<TraceParent> ofCaller(HttpServletRequest request) {
    return TraceParent.parse(request.getHeader(TraceParent.HEADER));
  }

  private Optional<TraceParent> current() {
    var span = tracer.currentSpan();
    if (span == null) {
      return Optional.empty();
    }
    var context = span.context();
    var flags = Boolean.TRUE.equals(context.sampled()) ? "01" : "00";
    return TraceParent.of(context.traceId(), context.spanId(), flags);
  }
}
