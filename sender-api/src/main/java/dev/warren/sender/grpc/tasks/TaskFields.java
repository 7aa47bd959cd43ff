package dev.warren.sender.grpc.tasks;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.warren.grpc.v1.RetryPolicy;
import dev.warren.grpc.v1.SubmitRequest;
import dev.warren.sender.requests.JsonBody;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A task as the fields of the JSON that HTTP has for it, so that the same rules hold. */
final class TaskFields {

  private static final String PAYLOAD_EXAMPLE = "{\"message\": \"Hello RabbitMQ!...\"}";

  private final Map<String, String> fields = new LinkedHashMap<>();

  private TaskFields() {}

  static Map<String, String> of(SubmitRequest request) {
    var task = new TaskFields();
    if (!request.getType().isEmpty()) {
      task.put("type", request.getType());
    }
    if (!request.getPayload().isEmpty()) {
      var payload = request.getPayload().toByteArray();
      JsonBody.requireValue(payload, PAYLOAD_EXAMPLE);
      task.fields.put("payload", new String(payload, StandardCharsets.UTF_8));
    }
    if (request.hasQueue()) {
      task.put("queue", request.getQueue());
    }
    if (request.hasTaskId()) {
      task.put("taskId", request.getTaskId());
    }
    if (request.hasPriority()) {
      task.put("priority", request.getPriority());
    }
    if (request.hasDelay()) {
      task.put("delaySeconds", seconds(request.getDelay()));
    }
    if (request.hasNotBefore()) {
      task.put("notBefore", text(request.getNotBefore()));
    }
    if (request.hasExpiresAt()) {
      task.put("expiresAt", text(request.getExpiresAt()));
    }
    if (request.hasTimeout()) {
      task.put("timeoutSeconds", seconds(request.getTimeout()));
    }
    if (request.hasRetry()) {
      task.put("retry", retry(request.getRetry()));
    }
    if (request.getLabelsCount() > 0) {
      task.put("labels", request.getLabelsMap());
    }
    return task.fields;
  }

  private void put(String name, Object value) {
    fields.put(name, JsonMapper.shared().writeValueAsString(value));
  }

  private static Map<String, Object> retry(RetryPolicy policy) {
    var retry = new LinkedHashMap<String, Object>();
    if (policy.hasMaxAttempts()) {
      retry.put("maxAttempts", policy.getMaxAttempts());
    }
    if (policy.hasMinBackoff()) {
      retry.put("minBackoff", seconds(policy.getMinBackoff()));
    }
    if (policy.hasMaxBackoff()) {
      retry.put("maxBackoff", seconds(policy.getMaxBackoff()));
    }
    if (policy.hasMultiplier()) {
      retry.put("multiplier", policy.getMultiplier());
    }
    if (policy.hasJitter()) {
      retry.put("jitter", policy.getJitter());
    }
    return retry;
  }

  private static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.getNanos(), 9)
        .add(BigDecimal.valueOf(duration.getSeconds()))
        .stripTrailingZeros();
  }

  /** What is no time at all is refused as such, with the name of its field. */
  private static String text(Timestamp time) {
    try {
      return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
    } catch (DateTimeException | ArithmeticException e) {
      return "";
    }
  }
}
