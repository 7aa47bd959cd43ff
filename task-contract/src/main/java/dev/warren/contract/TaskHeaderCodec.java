package dev.warren.contract;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Headers as AMQP's types, written tersely and read with tolerance. */
final class TaskHeaderCodec {

  /** A word of an event's key. */
  private static final Pattern CALLER = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** As the API names its keys. */
  private static final Pattern CREATED_BY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  private static final Instant END_OF_TIME = Instant.parse("9000-01-01T00:00:00Z");

  /** What is longer is taken for this, so that now and it are still a time. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final Map<String, Object> headers;

  TaskHeaderCodec(Map<String, Object> headers) {
    this.headers = headers;
  }

  static void write(TaskMessage task, Map<String, Object> headers) {
    headers.put(TaskHeaders.QUEUE, task.queue());
    headers.put(TaskHeaders.CREATED_AT, task.createdAt().truncatedTo(ChronoUnit.MILLIS).toString());
    if (!task.reply().caller().equals(ReplyAddress.NO_CALLER)) {
      headers.put(TaskHeaders.CALLER, task.reply().caller());
    }
    if (task.createdBy() != null) {
      headers.put(TaskHeaders.CREATED_BY, task.createdBy());
    }
    writeExecution(task.execution(), headers);
    var options = task.options();
    put(headers, TaskHeaders.NOT_BEFORE, options.notBefore());
    put(headers, TaskHeaders.DELAY_MS, options.delay());
    put(headers, TaskHeaders.EXPIRES_AT, options.expiresAt());
    put(headers, TaskHeaders.TIMEOUT_MS, options.timeout());
    if (options.retry() != null) {
      writeRetry(options.retry(), headers);
    }
    if (!options.labels().isEmpty()) {
      headers.put(TaskHeaders.LABELS, Map.copyOf(options.labels()));
    }
    if (task.trace() != null) {
      headers.put(TaskHeaders.TRACEPARENT, task.trace().toString());
    }
  }

  private static void writeExecution(Execution execution, Map<String, Object> headers) {
    if (!execution.equals(Execution.FIRST)) {
      headers.put(TaskHeaders.ROUND, execution.round());
      headers.put(TaskHeaders.ATTEMPT, execution.attempt());
      headers.put(TaskHeaders.DISPATCH, execution.dispatch());
    }
  }

  private static void writeRetry(RetryPolicy retry, Map<String, Object> headers) {
    headers.put(TaskHeaders.RETRY_MAX_ATTEMPTS, retry.maxAttempts());
    put(headers, TaskHeaders.RETRY_MIN_BACKOFF_MS, retry.minBackoff());
    put(headers, TaskHeaders.RETRY_MAX_BACKOFF_MS, retry.maxBackoff());
    headers.put(TaskHeaders.RETRY_MULTIPLIER, retry.multiplier());
    headers.put(TaskHeaders.RETRY_JITTER, retry.jitter());
  }

  static void put(Map<String, Object> headers, String name, @Nullable Instant instant) {
    if (instant != null) {
      headers.put(name, instant.truncatedTo(ChronoUnit.MILLIS).toString());
    }
  }

  static void put(Map<String, Object> headers, String name, @Nullable Duration duration) {
    if (duration != null) {
      headers.put(name, duration.toMillis());
    }
  }

  Execution execution() {
    return new Execution(
        ordinal(TaskHeaders.ROUND), ordinal(TaskHeaders.ATTEMPT), ordinal(TaskHeaders.DISPATCH));
  }

  TaskOptions options(@Nullable Integer priority) {
    return new TaskOptions(
        priority,
        duration(TaskHeaders.DELAY_MS).orElse(null),
        instant(TaskHeaders.NOT_BEFORE).orElse(null),
        instant(TaskHeaders.EXPIRES_AT).orElse(null),
        duration(TaskHeaders.TIMEOUT_MS).orElse(null),
        retry(),
        labels());
  }

  private @Nullable RetryPolicy retry() {
    var usual = RetryPolicy.DEFAULT;
    var maxAttempts = whole(TaskHeaders.RETRY_MAX_ATTEMPTS);
    var minBackoff = duration(TaskHeaders.RETRY_MIN_BACKOFF_MS);
    var maxBackoff = duration(TaskHeaders.RETRY_MAX_BACKOFF_MS);
    var multiplier = number(TaskHeaders.RETRY_MULTIPLIER);
    var jitter = number(TaskHeaders.RETRY_JITTER);
    if (maxAttempts.isEmpty()
        && minBackoff.isEmpty()
        && maxBackoff.isEmpty()
        && multiplier.isEmpty()
        && jitter.isEmpty()) {
      return null;
    }
    return new RetryPolicy(
        (int) Math.max(1, Math.min(1000, maxAttempts.orElse(usual.maxAttempts()))),
        minBackoff.orElse(usual.minBackoff()),
        maxBackoff.orElse(usual.maxBackoff()),
        Math.max(1, Math.min(10, multiplier.orElse(usual.multiplier()))),
        Math.max(0, Math.min(1, jitter.orElse(usual.jitter()))));
  }

  private Map<String, String> labels() {
    var labels = new LinkedHashMap<String, String>();
    if (headers.get(TaskHeaders.LABELS) instanceof Map<?, ?> table) {
      table.forEach((key, value) -> labels.put(key.toString(), String.valueOf(value)));
    }
    return labels;
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(headers.get(name)).map(Object::toString);
  }

  Optional<String> queue() {
    return text(TaskHeaders.QUEUE).filter(TaskTopology::isKeyOfTasks);
  }

  Optional<String> caller() {
    return text(TaskHeaders.CALLER).filter(caller -> CALLER.matcher(caller).matches());
  }

  Origin origin() {
    return new Origin(
        text(TaskHeaders.CREATED_BY)
            .filter(name -> CREATED_BY.matcher(name).matches())
            .orElse(null),
        text(TaskHeaders.TRACEPARENT).flatMap(TraceParent::parse).orElse(null));
  }

  Optional<Instant> instant(String name) {
    return text(name)
        .flatMap(
            text -> {
              try {
                return Optional.of(Instant.parse(text)).filter(TaskHeaderCodec::makesSense);
              } catch (DateTimeException e) {
                return Optional.empty();
              }
            });
  }

  /** Whether every database has this time, and AMQP's timestamp too. */
  static boolean makesSense(Instant instant) {
    return !instant.isBefore(Instant.EPOCH) && instant.isBefore(END_OF_TIME);
  }

  Optional<Duration> duration(String name) {
    var millis = whole(name);
    return millis.isPresent() && millis.getAsLong() >= 0
        ? Optional.of(Duration.ofMillis(Math.min(millis.getAsLong(), LONGEST.toMillis())))
        : Optional.empty();
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(String.valueOf(headers.get(name)));
  }

  /** Counted from 1; what is no such number is 1. */
  int ordinal(String name) {
    return (int) Math.max(1, Math.min(Short.MAX_VALUE, whole(name).orElse(1)));
  }

  OptionalLong whole(String name) {
    var value = number(name);
    return value.isPresent() ? OptionalLong.of((long) value.getAsDouble()) : OptionalLong.empty();
  }

  private OptionalDouble number(String name) {
    @Nullable Object value = headers.get(name);
    if (value instanceof Number number) {
      return finite(number.doubleValue());
    }
    try {
      return value == null ? OptionalDouble.empty() : finite(Double.parseDouble(value.toString()));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static OptionalDouble finite(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
