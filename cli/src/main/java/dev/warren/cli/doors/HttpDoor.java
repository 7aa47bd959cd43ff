package dev.warren.cli.doors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.warren.cli.output.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The API by HTTP. */
public final class HttpDoor implements Door {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Beyond the wait that was asked for; the API answers sooner whatever happens to it. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  private static final String BYTES = "application/octet-stream";

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();

  private final String url;
  private final @Nullable String key;

  /**
   * @param key of the API, null for none
   */
  public HttpDoor(URI url, @Nullable String key) {
    this.url = url.toString().replaceFirst("/+$", "");
    this.key = key;
  }

  @Override
  public Reply call(String type, JsonNode payload, Duration wait) throws Refused {
    var response = exchange(post("/v1/calls/" + encoded(type), payload, wait));
    return new Reply(idIn(response), response.statusCode() == 200 ? resultIn(response) : null);
  }

  @Override
  public JsonNode send(JsonNode request, Duration wait) throws Refused {
    return json(exchange(post("/v1/tasks", request, wait)).body());
  }

  @Override
  public JsonNode get(String id, Duration wait) throws Refused {
    var query = wait.isZero() ? "" : "?wait=" + wait.toSeconds();
    var request = request("/v1/tasks/" + encoded(id) + query).timeout(wait.plus(ANSWER_LIMIT));
    return json(exchange(request.build()).body());
  }

  /** What a list has, such as {@code /v1/workers}. */
  public JsonNode list(String path) throws Refused {
    return json(exchange(request(path).timeout(ANSWER_LIMIT).build()).body());
  }

  @Override
  public void watch(String id, @Nullable Long lastId, Consumer<JsonNode> events) throws Refused {
    var request = request("/v1/tasks/" + encoded(id) + "/events").timeout(ANSWER_LIMIT);
    if (lastId != null) {
      request.header("Last-Event-ID", lastId.toString());
    }
    var response =
        send(request.header("Accept", "text/event-stream").build(), BodyHandlers.ofLines());
    try (var lines = response.body()) {
      if (response.statusCode() == 204) {
        return;
      }
      require(response, lines);
      if (!isReadToItsEnd(new ServerSentEvents(events), lines)) {
        throw Refused.unavailable("broken-off", "the events of the task broke off");
      }
    }
  }

  private static boolean isReadToItsEnd(ServerSentEvents stream, Stream<String> lines) {
    try {
      return stream.read(lines);
    } catch (UncheckedIOException brokeOff) {
      return false;
    }
  }

  @Override
  public void close() {}

  /** As a part of a path or a query. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private HttpRequest post(String path, JsonNode body, Duration wait) {
    return request(path)
        .timeout(wait.plus(ANSWER_LIMIT))
        .header("Content-Type", "application/json")
        .header("Prefer", "wait=" + wait.toSeconds())
        .POST(BodyPublishers.ofString(Json.write(body)))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(url + path));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return request;
  }

  private HttpResponse<String> exchange(HttpRequest request) throws Refused {
    var response = send(request, BodyHandlers.ofString());
    require(response, Stream.of(response.body()));
    return response;
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) throws Refused {
    try {
      return client.send(request, body);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw Refused.nobodyAnswers(url);
    } catch (HttpTimeoutException e) {
      throw Refused.unavailable("no-answer", "no answer came from " + url + " in time");
    } catch (SSLException e) {
      throw Refused.unavailable("tls", "TLS with " + url + " failed: " + e.getMessage());
    } catch (IOException e) {
      throw Refused.brokenOff(url, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("interrupted", "interrupted");
    }
  }

  private static void require(HttpResponse<?> response, Stream<String> body) throws Refused {
    var status = response.statusCode();
    if (status >= 300) {
      throw Problems.refused(status, body.collect(joining("\n")));
    }
  }

  private static JsonNode json(String body) throws Refused {
    try {
      return Json.read(body);
    } catch (JacksonException e) {
      throw Refused.unavailable("no-json", "what was answered is no JSON; is that Warren's API?");
    }
  }

  /** Some worker's may be no JSON, and is then of another type. */
  private static JsonNode resultIn(HttpResponse<String> response) throws Refused {
    return response.headers().firstValue("Content-Type").orElse("").startsWith(BYTES)
        ? Json.string(response.body())
        : json(response.body());
  }

  private static @Nullable String idIn(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Location")
        .map(place -> place.substring(place.lastIndexOf('/') + 1))
        .orElse(null);
  }
}
