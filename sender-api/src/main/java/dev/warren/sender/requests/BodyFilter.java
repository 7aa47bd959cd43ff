package dev.warren.sender.requests;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

/**
 * Reads the JSON body of a POST before Spring MVC gives a thread to the request, so that a slow
 * client holds none; refuses what is no such request.
 */
public final class BodyFilter extends HttpFilter {

  private static final String BODY = BodyFilter.class.getName() + ".body";

  private final int limit;
  private final transient Duration timeout;

  /**
   * @param limit in bytes
   * @param timeout for the whole body
   */
  public BodyFilter(int limit, Duration timeout) {
    this.limit = limit;
    this.timeout = timeout;
  }

  /** To be registered right behind the one that asks for the key: nothing is read for strangers. */
  public FilterRegistrationBean<BodyFilter> before(String path) {
    var registration = new FilterRegistrationBean<>(this);
    registration.setName("body of " + path);
    registration.addUrlPatterns(path);
    registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
    registration.setOrder(SecurityFilterProperties.DEFAULT_FILTER_ORDER + 1);
    return registration;
  }

  /** The body of a request that has passed this filter. */
  public static byte[] bodyOf(HttpServletRequest request) {
    return (byte[]) Objects.requireNonNull(request.getAttribute(BODY));
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    var read = request.getAttribute(BODY);
    if (!request.getMethod().equals("POST") || read instanceof byte[]) {
      chain.doFilter(request, response);
      return;
    }
    var problem = read == null ? RequestHead.problemWith(request, limit) : (Problem) read;
    if (problem != null) {
      problem.writeTo(response);
      return;
    }
    var reading = new Reading(request.startAsync());
    var input = request.getInputStream();
    input.setReadListener(new RequestBody(input, limit, reading));
  }

  /** Ends with a dispatch, in which the attribute holds the body or what is wrong with it. */
  private final class Reading implements RequestBody.Receiver, AsyncListener {

    private final AsyncContext context;
    private final AtomicBoolean done = new AtomicBoolean();

    Reading(AsyncContext context) {
      this.context = context;
      context.setTimeout(timeout.toMillis());
      context.addListener(this);
    }

    @Override
    public void received(byte[] body) {
      goOnWith(body);
    }

    @Override
    public void tooLarge() {
      goOnWith(RequestHead.tooLarge(limit));
    }

    @Override
    public void failed() {
      goOnWith(Problem.of(ProblemType.REQUEST_TIMEOUT, "Send the body faster."));
    }

    private void goOnWith(Object bodyOrProblem) {
      if (done.compareAndSet(false, true)) {
        context.getRequest().setAttribute(BODY, bodyOrProblem);
        context.dispatch();
      }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      failed();
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
