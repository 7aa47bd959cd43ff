package dev.warren.sender.problems;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/** Answers what Tomcat refuses before Spring sees it: a bad request line, too large headers. */
public final class ProblemErrorReportValve extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    var status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    try {
      ContainerProblems.of(status).writeTo(response);
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, e);
    }
  }
}
