package dev.warren.worker.handlers.http;

import static java.util.Objects.requireNonNullElse;

import dev.warren.contract.HttpPayload;
import dev.warren.contract.HttpResult;
import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.TraceParent;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.RetryAfter;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import dev.warren.worker.handlers.http.CallableAddresses.AddressRefused;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** Calls a URL; what the answer's status says decides what follows. */
final class HttpHandler implements TaskHandler<HttpPayload, HttpResult> {

  private static final int MAX_QUOTE = 500;

  /** A foreign client may have named its task anything. */
  private static final Pattern FIT_FOR_A_HEADER = Pattern.compile("[\\x21-\\x7e]+");

  private final HttpClient client;
  private final WebhookSignature signature;
  private final Clock clock;
  private final ExecutorService calls = Executors.newCachedThreadPool(HttpHandler::daemon);

  HttpHandler(HttpClient client, WebhookSignature signature, Clock clock) {
    this.client = client;
    this.signature = signature;
    this.clock = clock;
  }

  @Override
  public TaskType<HttpPayload, HttpResult> type() {
    return TaskTypes.HTTP;
  }

  @Override
  public String describe(HttpPayload call) {
    return call.effectiveMethod() + " " + placeOf(call);
  }

  @Override
  public HttpResult handle(HttpPayload call, TaskContext context) throws Exception {
    var answer = answer(new Call(client, request(call, context)), limit(call, context));
    if (answer.isSuccess()) {
      return answer.result(requireNonNullElse(call.answerHeaders(), List.of()));
    }
    throw failure(answer, call);
  }

  private Answer answer(Call call, Duration limit) throws Exception {
    var answer = calls.submit(call);
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TimeoutException("no whole answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      call.abort(); // also where this thread was interrupted
    }
  }

  private Duration limit(HttpPayload call, TaskContext context) {
    var left = Duration.between(clock.instant(), context.deadline());
    var seconds = call.timeoutSeconds();
    var asked = seconds == null ? left : Duration.ofSeconds(seconds);
    return asked.compareTo(left) < 0 ? asked : left;
  }

  private HttpUriRequestBase request(HttpPayload call, TaskContext context)
      throws PermanentFailure {
    if (!FIT_FOR_A_HEADER.matcher(context.id()).matches()) {
      throw new PermanentFailure("UnfitId", "the task's id fits into no header");
    }
    var request = new HttpUriRequestBase(call.effectiveMethod(), URI.create(call.url()));
    Map<String, String> headers = requireNonNullElse(call.headers(), Map.of());
    headers.forEach(request::addHeader);
    request.setHeader(HttpHeaders.CONNECTION, "close");
    if (!request.containsHeader(HttpHeaders.ACCEPT_ENCODING)) {
      request.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity"); // the result is as it was sent
    }
    request.setHeader("Idempotency-Key", context.id());
    var trace = context.trace();
    if (trace != null) {
      request.setHeader(TraceParent.HEADER, trace.toString());
    }
    var text = call.body();
    var body = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    if (text != null) {
      request.setEntity(new ByteArrayEntity(body, null));
      if (!request.containsHeader(HttpHeaders.CONTENT_TYPE)) {
        request.setHeader(HttpHeaders.CONTENT_TYPE, "application/json");
      }
    }
    sign(request, context.id(), body);
    return request;
  }

  private void sign(HttpUriRequestBase request, String id, byte[] body) {
    if (signature.isWanted()) {
      var now = clock.instant();
      request.setHeader(WebhookSignature.ID, id);
      request.setHeader(WebhookSignature.TIMESTAMP, now.getEpochSecond());
      request.setHeader(WebhookSignature.SIGNATURE, signature.of(id, now, body));
    }
  }

  private static Exception failure(ExecutionException failure) {
    if (failure.getCause() instanceof AddressRefused refused) {
      return new PermanentFailure(
          AddressRefused.class.getSimpleName(), String.valueOf(refused.getMessage()), refused);
    }
    return failure.getCause() instanceof Exception cause ? cause : failure;
  }

  private Exception failure(Answer answer, HttpPayload call) {
    var what = answer.status() + " from " + placeOf(call);
    if (answer.isRedirect()) {
      return permanent(
          answer,
          what
              + ", to "
              + requireNonNullElse(answer.header(HttpHeaders.LOCATION), "nowhere")
              + "; redirects are not followed");
    }
    var message = answer.text().map(text -> what + ": " + cut(text)).orElse(what);
    if (!answer.isWorthRetrying()) {
      return permanent(answer, message);
    }
    return RetryAfterHeader.waitOf(answer.header(RetryAfterHeader.NAME), clock.instant())
        .<Exception>map(wait -> new RetryAfter(wait, message))
        .orElseGet(() -> new Unsuccessful(message));
  }

  private static PermanentFailure permanent(Answer answer, String message) {
    return new PermanentFailure("Http" + answer.status(), cut(message));
  }

  /** Without what may be secret, as path and query of many a hook are. */
  private static String placeOf(HttpPayload call) {
    var url = URI.create(call.url());
    return url.getScheme() + "://" + url.getRawAuthority();
  }

  private static String cut(String text) {
    return text.length() <= MAX_QUOTE ? text : text.substring(0, MAX_QUOTE) + "...";
  }

  private static Thread daemon(Runnable work) {
    var thread = new Thread(work, "http-call");
    thread.setDaemon(true);
    return thread;
  }

  /** An answer after which another attempt may be worth it. */
  static final class Unsuccessful extends Exception {
    Unsuccessful(String message) {
      super(message);
    }
  }
}
