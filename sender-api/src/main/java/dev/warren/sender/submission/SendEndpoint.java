package dev.warren.sender.submission;

import dev.warren.contract.Origin;
import dev.warren.contract.TaskMessage;
import dev.warren.contract.TraceParent;
import dev.warren.sender.access.Caller;
import dev.warren.sender.idempotency.IdempotencyKey;
import dev.warren.sender.idempotency.KeyedRequest;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.publishing.PublishOutcome;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.sender.requests.RequestBody;
import dev.warren.sender.requests.RequestHead;
import dev.warren.sender.submission.OnceOnly.Taken;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /send}: answers {@code 202} with a {@link SendReceipt} once the broker has the task,
 * and anything else with a {@link Problem}.
 *
 * <p>A servlet of its own and asynchronous throughout, since this is the hot path: a request that
 * waits for its body or its confirm holds no thread. The answer is written in a dispatch on one of
 * the container's threads, so that a client that does not read blocks nobody else's confirm.
 */
final class SendEndpoint extends HttpServlet {

  private static final Logger log = LoggerFactory.getLogger(SendEndpoint.class);

  static final String PATH = "/send";

  private static final String REPLY = SendEndpoint.class.getName() + ".reply";

  private final transient TaskPublisher publisher;
  private final transient OnceOnly onceOnly;
  private final transient Submissions submissions;
  private final transient SubmissionMetrics metrics;
  private final transient SubmissionProperties properties;

  SendEndpoint(
      TaskPublisher publisher,
      OnceOnly onceOnly,
      Submissions submissions,
      SubmissionMetrics metrics,
      SubmissionProperties properties) {
    this.publisher = publisher;
    this.onceOnly = onceOnly;
    this.submissions = submissions;
    this.metrics = metrics;
    this.properties = properties;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      ((Reply) request.getAttribute(REPLY)).writeTo(response);
      return;
    }
    var refusal = RequestHead.problemWith(request, properties.maxBodySize().toBytes());
    if (refusal != null) {
      metrics.refused(refusal.type());
      refusal.writeTo(response);
      return;
    }
    IdempotencyKey key;
    try {
      key = IdempotencyKey.in(request, Caller.ownerOf(request));
    } catch (RequestRefused e) {
      metrics.refused(e.problem().type());
      e.problem().writeTo(response);
      return;
    }
    var trace = TraceParent.parse(request.getHeader(TraceParent.HEADER)).orElse(null);
    var origin = new Origin(Caller.nameOf(request), trace);
    var exchange = new Exchange(request.startAsync(), origin, key);
    var input = request.getInputStream();
    var limit = (int) properties.maxBodySize().toBytes();
    input.setReadListener(new RequestBody(input, limit, exchange));
  }

  /** Writes the whole response. */
  private interface Reply {
    void writeTo(HttpServletResponse response) throws IOException;
  }

  private enum State {
    READING,
    SUBMITTED,
    ANSWERED
  }

  /**
   * One request on its way, answered once. While its body is read it may be refused; from its
   * submission on only the outcome of the publish answers it.
   */
  private final class Exchange implements RequestBody.Receiver, AsyncListener {

    private final AsyncContext context;
    private final Origin origin;
    private final @Nullable IdempotencyKey key;
    private final AtomicReference<State> state = new AtomicReference<>(State.READING);
    private volatile @Nullable TaskMessage task;

    Exchange(AsyncContext context, Origin origin, @Nullable IdempotencyKey key) {
      this.context = context;
      this.origin = origin;
      this.key = key;
      context.setTimeout(properties.requestTimeout().toMillis());
      context.addListener(this);
    }

    @Override
    public void received(byte[] body) {
      try {
        var parsed = SendRequest.parse(body);
        if (key == null) {
          submit(submissions.taskOf(parsed).with(origin));
        } else {
          submitOnce(parsed, key.with(body));
        }
      } catch (RuntimeException e) {
        refuse(State.READING, RequestRefused.problemOf(e));
      }
    }

    private void submit(TaskMessage submitted) {
      task = submitted;
      if (state.compareAndSet(State.READING, State.SUBMITTED)) {
        publisher.publish(submitted.toQueue()).thenAccept(outcome -> settled(submitted, outcome));
      }
    }

    private void submitOnce(SendRequest parsed, KeyedRequest keyed) {
      if (state.compareAndSet(State.READING, State.SUBMITTED)) {
        onceOnly
            .take(keyed, (id, at) -> submissions.draft(parsed, origin, id, at))
            .whenComplete((taken, failure) -> settled(taken, failure));
      }
    }

    private void settled(@Nullable Taken<String> taken, @Nullable Throwable failure) {
      if (taken == null) {
        refuse(State.SUBMITTED, RequestRefused.problemOf(failure));
        return;
      }
      var task = taken.draft().task();
      var receipt = new SendReceipt(task.id(), task.queue(), taken.confirmedAt());
      if (answer(State.SUBMITTED, receipt::writeTo) && !taken.isRepeated()) {
        metrics.accepted();
      }
    }

    @Override
    public void tooLarge() {
      refuse(State.READING, RequestHead.tooLarge(properties.maxBodySize().toBytes()));
    }

    @Override
    public void failed() {
      refuse(State.READING, Problem.of(ProblemType.REQUEST_TIMEOUT, "Send the body faster."));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      failed();
      if (task != null) {
        settled(task, PublishOutcome.TIMED_OUT);
      } else {
        refuse(
            State.SUBMITTED,
            Problem.of(
                ProblemType.UNCONFIRMED,
                "The task may be queued or not. Send it again with the same Idempotency-Key."));
      }
    }

    private void settled(TaskMessage task, PublishOutcome outcome) {
      if (outcome == PublishOutcome.CONFIRMED) {
        if (answer(State.SUBMITTED, submissions.receiptFor(task)::writeTo)) {
          metrics.accepted();
        }
      } else {
        refuse(State.SUBMITTED, Refusals.of(outcome, task.id()));
      }
    }

    private void refuse(State in, Problem problem) {
      if (answer(in, problem::writeTo)) {
        metrics.refused(problem.type());
      }
    }

    /** Whether this was the answer: not where another one came first, or the client has gone. */
    private boolean answer(State in, Reply reply) {
      if (!state.compareAndSet(in, State.ANSWERED)) {
        return false;
      }
      try {
        context.getRequest().setAttribute(REPLY, reply);
        context.dispatch();
        return true;
      } catch (IllegalStateException e) {
        log.debug("the client has gone", e);
        return false;
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
