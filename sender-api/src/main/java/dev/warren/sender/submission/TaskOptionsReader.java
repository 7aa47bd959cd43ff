package dev.warren.sender.submission;

import static java.util.Objects.requireNonNullElse;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskOptions;
import dev.warren.contract.TaskType;
import dev.warren.sender.requests.Fields;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a task asks for beyond its type's defaults. */
final class TaskOptionsReader {

  private static final Duration MAX_BACKOFF = Duration.ofDays(7);
  private static final int MAX_DELAY_SECONDS = 366 * 24 * 60 * 60;
  private static final int MAX_LABELS = 20;
  private static final int MAX_LABEL = 255;
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9._-]{1,63}");
  private static final Set<String> RETRY_FIELDS =
      Set.of("maxAttempts", "minBackoff", "maxBackoff", "multiplier", "jitter");

  private final Fields fields;
  private final Instant now;

  private TaskOptionsReader(Fields fields, Instant now) {
    this.fields = fields;
    this.now = now;
  }

  static TaskOptions read(Fields fields, @Nullable TaskType<?, ?> type, Instant now) {
    var usual = type == null ? RetryPolicy.DEFAULT : type.retry();
    return new TaskOptionsReader(fields, now).options(usual);
  }

  private TaskOptions options(RetryPolicy usual) {
    var delay = delay();
    var notBefore = delay == null ? fields.time("notBefore") : now.plus(delay);
    return new TaskOptions(
        fields.whole("priority", 0, 9),
        delay,
        notBefore,
        expiresAt(notBefore),
        timeout(),
        retry(usual),
        labels());
  }

  private @Nullable Duration delay() {
    if (fields.has("notBefore") && fields.has("delaySeconds")) {
      fields.fault("delaySeconds", "must not be given beside notBefore");
    }
    var seconds = fields.number("delaySeconds", 0, MAX_DELAY_SECONDS);
    return seconds == null || seconds.signum() == 0
        ? null
        : Duration.ofMillis(seconds.movePointRight(3).longValue());
  }

  private @Nullable Instant expiresAt(@Nullable Instant notBefore) {
    var expiresAt = fields.time("expiresAt");
    if (expiresAt == null) {
      return null;
    }
    if (!expiresAt.isAfter(now)) {
      fields.fault("expiresAt", inTheFuture(now));
    } else if (notBefore != null && !expiresAt.isAfter(notBefore)) {
      fields.fault("expiresAt", "must be after the task may begin, which is " + notBefore);
    }
    return expiresAt;
  }

  /** What a time of expiry must be. */
  static String inTheFuture(Instant now) {
    return "must be in the future; it is " + now + " here";
  }

  private @Nullable Duration timeout() {
    var seconds = fields.whole("timeoutSeconds", 1, (int) TaskOptions.MAX_TIMEOUT.toSeconds());
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  private @Nullable RetryPolicy retry(RetryPolicy usual) {
    var retry = fields.object("retry", RETRY_FIELDS);
    if (retry == null) {
      return null;
    }
    var minBackoff = retry.duration("minBackoff", MAX_BACKOFF);
    var maxBackoff = retry.duration("maxBackoff", MAX_BACKOFF);
    var policy =
        new RetryPolicy(
            requireNonNullElse(retry.whole("maxAttempts", 1, 1000), usual.maxAttempts()),
            requireNonNullElse(minBackoff, usual.minBackoff()),
            requireNonNullElse(maxBackoff, usual.maxBackoff()),
            orElse(retry.number("multiplier", 1, 10), usual.multiplier()),
            orElse(retry.number("jitter", 0, 1), usual.jitter()));
    if (policy.minBackoff().compareTo(policy.maxBackoff()) > 0) {
      retry.fault(
          minBackoff == null ? "maxBackoff" : "minBackoff",
          "makes minBackoff (%s) longer than maxBackoff (%s)"
              .formatted(policy.minBackoff(), policy.maxBackoff()));
    }
    return policy;
  }

  private static double orElse(@Nullable BigDecimal number, double otherwise) {
    return number == null ? otherwise : number.doubleValue();
  }

  private Map<String, String> labels() {
    var table = fields.table("labels");
    if (table == null) {
      return Map.of();
    }
    if (table.names().size() > MAX_LABELS) {
      fields.fault("labels", "holds %d; it must hold at most 20".formatted(table.names().size()));
      return Map.of();
    }
    var labels = new LinkedHashMap<String, String>();
    for (var key : table.names()) {
      var value = table.text(key);
      if (!LABEL_KEY.matcher(key).matches()) {
        table.fault(key, "must have a name of 1 to 63 letters, digits, dots, hyphens, underscores");
      } else if (!table.has(key)) {
        table.fault(key, "must be a string");
      } else if (value != null && isLabel(table, key, value)) {
        labels.put(key, value);
      }
    }
    return labels;
  }

  private static boolean isLabel(Fields table, String key, String value) {
    if (value.length() > MAX_LABEL) {
      table.fault(key, "must be at most 255 characters long");
      return false;
    }
    if (value
        .codePoints()
        .anyMatch(each -> each == 0 || Character.getType(each) == Character.SURROGATE)) {
      table.fault(key, "must be Unicode text without a NUL");
      return false;
    }
    return true;
  }
}
