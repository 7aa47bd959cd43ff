package dev.warren.sender.tracing;

import dev.warren.contract.TraceParent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** Puts the caller's trace into the log lines of a request. */
final class TraceFilter extends OncePerRequestFilter {

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    var trace = RequestTraces.ofCaller(request);
    if (trace.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    MDC.put(TraceParent.LOGGED_AS, trace.get().traceId());
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.remove(TraceParent.LOGGED_AS);
    }
  }

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }
}
