package dev.warren.sender.requests;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fields of a JSON object. Reading one that does not fit adds a fault and answers null, as for
 * one that is not there or null.
 */
public final class Fields {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final Map<String, JsonNode> values;
  private final String prefix;
  private final Faults faults;

  private Fields(Map<String, JsonNode> values, String prefix, Set<String> known, Faults faults) {
    this.values = values;
    this.prefix = prefix;
    this.faults = faults;
    for (var name : values.keySet()) {
      if (!known.contains(name)) {
        var names = String.join(", ", new TreeSet<>(known));
        faults.add(prefix + name, "is not known; there are " + names);
      }
    }
  }

  /**
   * @param raw the value of each field, as JSON
   * @param known others are faults
   */
  public static Fields of(Map<String, String> raw, Set<String> known, Faults faults) {
    var values = new LinkedHashMap<String, JsonNode>();
    raw.forEach((name, json) -> values.put(name, JSON.readTree(json)));
    return new Fields(values, "", known, faults);
  }

  public boolean has(String name) {
    return value(name) != null;
  }

  public void fault(String name, String detail) {
    faults.add(prefix + name, detail);
  }

  public @Nullable String text(String name) {
    var value = value(name);
    if (value == null) {
      return null;
    }
    return value.isString() ? value.asString() : reject(name, "must be a string");
  }

  public @Nullable Boolean flag(String name) {
    var value = value(name);
    if (value == null) {
      return null;
    }
    return value.isBoolean() ? value.asBoolean() : reject(name, "must be true or false");
  }

  public @Nullable Integer whole(String name, int min, int max) {
    var value = number(name, min, max);
    if (value == null) {
      return null;
    }
    return value.stripTrailingZeros().scale() <= 0
        ? value.intValueExact()
        : reject(name, "must be a whole number");
  }

  public @Nullable BigDecimal number(String name, int min, int max) {
    var value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !isWithin(value.decimalValue(), min, max)) {
      return reject(name, "must be a number from %d to %d".formatted(min, max));
    }
    return value.decimalValue();
  }

  private static boolean isWithin(BigDecimal value, int min, int max) {
    return value.compareTo(BigDecimal.valueOf(min)) >= 0
        && value.compareTo(BigDecimal.valueOf(max)) <= 0;
  }

  /** RFC 3339. */
  public @Nullable Instant time(String name) {
    return parsed(name, Times::instant, Times.INSTANT_EXAMPLE);
  }

  /** Seconds, or a text as ISO 8601 has it; not negative. */
  public @Nullable Duration duration(String name, Duration max) {
    var value = value(name);
    var duration =
        value != null && value.isNumber()
            ? Times.seconds(value.decimalValue()).orElse(null)
            : parsed(name, Times::duration, Times.DURATION_EXAMPLE);
    if (value != null && value.isNumber() && duration == null
        || duration != null && duration.compareTo(max) > 0) {
      return reject(name, "must be from 0 to %d seconds".formatted(max.toSeconds()));
    }
    return duration;
  }

  private <T> @Nullable T parsed(
      String name, Function<String, Optional<T>> parser, String expectation) {
    var value = value(name);
    if (value == null) {
      return null;
    }
    var parsed = value.isString() ? parser.apply(value.asString()) : Optional.<T>empty();
    return parsed.isPresent() ? parsed.get() : reject(name, expectation);
  }

  /** The fields of a field. */
  public @Nullable Fields object(String name, Set<String> known) {
    var fields = fieldsOf(name);
    return fields == null ? null : new Fields(fields, prefix + name + ".", known, faults);
  }

  /** The fields of a field, whatever they are called. */
  public @Nullable Fields table(String name) {
    var fields = fieldsOf(name);
    return fields == null ? null : new Fields(fields, prefix + name + ".", fields.keySet(), faults);
  }

  private @Nullable Map<String, JsonNode> fieldsOf(String name) {
    var value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      return reject(name, "must be an object");
    }
    var fields = new LinkedHashMap<String, JsonNode>();
    value.properties().forEach(each -> fields.put(each.getKey(), each.getValue()));
    return fields;
  }

  public Set<String> names() {
    return values.keySet();
  }

  private @Nullable JsonNode value(String name) {
    var value = values.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private <T> @Nullable T reject(String name, String detail) {
    fault(name, detail);
    return null;
  }
}
