package dev.warren.sender.streaming;

import dev.warren.sender.access.Admission;
import dev.warren.sender.access.Scope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Makes a stream of each {@link Opening} that an endpoint answers. */
@Component
final class EventStreams implements HandlerMethodReturnValueHandler {

  private final EventTail tail;
  private final EventFeed feed;
  private final Admission admission;

  EventStreams(EventTail tail, EventFeed feed, Admission admission) {
    this.tail = tail;
    this.feed = feed;
    this.admission = admission;
  }

  @Override
  public boolean supportsReturnType(MethodParameter returnType) {
    return Opening.class.isAssignableFrom(returnType.getParameterType());
  }

  @Override
  public void handleReturnValue(
      @Nullable Object opening,
      MethodParameter returnType,
      ModelAndViewContainer view,
      NativeWebRequest webRequest)
      throws IOException {
    view.setRequestHandled(true);
    var request = Objects.requireNonNull(webRequest.getNativeRequest(HttpServletRequest.class));
    var response = Objects.requireNonNull(webRequest.getNativeResponse(HttpServletResponse.class));
    open((Opening) Objects.requireNonNull(opening), request, response);
  }

  private void open(Opening opening, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    feed.refuseUnlessRoom();
    response.setContentType("text/event-stream;charset=UTF-8");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader("X-Accel-Buffering", "no"); // else nginx would hold it back
    if (opening.isOver()) {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT); // no browser tries again after this
      return;
    }
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      return;
    }
    var authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    var context = request.startAsync();
    var output = context.getResponse().getOutputStream();
    var stream = new EventStream(opening.filter(), opening.after(), context, output, tail);
    tail.opened(stream, () -> admission.stillAdmits(authorization, Scope.READ));
    stream.begin();
    feed.begin(opening, stream);
  }
}
