package dev.warren.worker.handlers.http;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * One exchange, for a thread of its own: what blocks in a socket hears no interrupt, so whoever
 * waits for the answer {@link #abort aborts} it.
 */
final class Call implements Callable<Answer> {

  private static final byte[] NOTHING = {};

  private final HttpClient client;
  private final HttpUriRequestBase request;

  Call(HttpClient client, HttpUriRequestBase request) {
    this.client = client;
    this.request = request;
  }

  @Override
  public Answer call() throws IOException, HttpException {
    var response = client.executeOpen(RoutingSupport.determineHost(request), request, null);
    try {
      return read(response);
    } finally {
      abort(); // before it is closed, which would read the rest, however much that is
      close(response);
    }
  }

  private static Answer read(ClassicHttpResponse response) throws IOException {
    var entity = response.getEntity();
    var body = entity == null ? NOTHING : entity.getContent().readNBytes(Answer.MAX_BODY + 1);
    return Answer.of(response, body);
  }

  /** Closes the connection, at any stage. */
  void abort() {
    request.cancel();
  }

  private static void close(Closeable response) {
    try {
      response.close();
    } catch (IOException e) {
      // the connection is closed already
    }
  }
}
