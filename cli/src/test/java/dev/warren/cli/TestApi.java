package dev.warren.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** An API that answers what it is told beforehand, and remembers what it was asked. */
public final class TestApi implements AutoCloseable {

  public record Asked(String line, String body, Map<String, List<String>> headers) {
    public String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }

  private record Answer(int status, String type, String body, boolean breaksOff) {}

  private final HttpServer server;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  public TestApi() {
    this(0);
  }

  /** At the port of another that was closed. */
  public TestApi(int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public TestApi answers(int status, String body) {
    answers.add(new Answer(status, "application/json", body, false));
    return this;
  }

  /** A result that is no JSON. */
  public TestApi bytes(String body) {
    answers.add(new Answer(200, "application/octet-stream", body, false));
    return this;
  }

  /** Then its end, or before it a break of the connection. */
  public TestApi streams(String events, boolean breaksOff) {
    answers.add(new Answer(200, "text/event-stream", events, breaksOff));
    return this;
  }

  public Asked asked(int index) {
    return asked.get(index);
  }

  public int count() {
    return asked.size();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        new Asked(
            exchange.getRequestMethod() + " " + exchange.getRequestURI(),
            new String(exchange.getRequestBody().readAllBytes(), UTF_8),
            exchange.getRequestHeaders()));
    var answer = answers.remove();
    exchange.getResponseHeaders().add("Content-Type", answer.type());
    exchange.getResponseHeaders().add("Location", "/v1/tasks/t-1");
    var body = answer.body().getBytes(UTF_8);
    if (answer.breaksOff()) {
      exchange.sendResponseHeaders(answer.status(), body.length + 1); // one that never comes
      exchange.getResponseBody().write(body);
      exchange.getResponseBody().flush();
      exchange.close();
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }
}
