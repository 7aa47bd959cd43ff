package dev.warren.sender.requests;

import dev.warren.sender.problems.RequestRefused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request, each at most once and each known. */
public final class Parameters {

  private final Map<String, String[]> values;
  private final Faults faults = new Faults();

  private Parameters(Map<String, String[]> values) {
    this.values = values;
  }

  /**
   * @param known others are faults
   */
  public static Parameters of(HttpServletRequest request, Set<String> known) {
    var parameters = new Parameters(request.getParameterMap());
    parameters.values.forEach((name, given) -> parameters.check(name, given, known));
    return parameters;
  }

  private void check(String name, String[] given, Set<String> known) {
    if (!known.contains(name)) {
      faults.add(name, "is not known; there are " + String.join(", ", new TreeSet<>(known)));
    } else if (given.length > 1) {
      faults.add(name, "is given " + given.length + " times; give it once");
    }
  }

  /**
   * @throws RequestRefused with {@code 400} where anything is wrong
   */
  public void refuseFaults() {
    faults.refuseIfAny();
  }

  public void fault(String name, String detail) {
    faults.add(name, detail);
  }

  public @Nullable String text(String name) {
    var given = values.get(name);
    return given == null ? null : given[0];
  }

  /** A text that may be looked for: what a database cannot hold is a fault. */
  public @Nullable String text(String name, Predicate<String> isValid, String expectation) {
    var text = text(name);
    if (text == null || isValid.test(text)) {
      return text;
    }
    faults.add(name, expectation);
    return null;
  }

  public int whole(String name, int min, int max, int otherwise) {
    var text = text(name);
    if (text == null) {
      return otherwise;
    }
    if (text.matches("\\d{1,9}")) {
      var value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    }
    faults.add(name, "must be a whole number from %d to %d".formatted(min, max));
    return otherwise;
  }

  public @Nullable Instant time(String name) {
    var text = text(name);
    if (text == null) {
      return null;
    }
    var time = Times.instant(text.replace(' ', '+')); // an offset's + that was not escaped
    if (time.isEmpty()) {
      faults.add(name, Times.INSTANT_EXAMPLE);
    }
    return time.orElse(null);
  }

  public boolean flag(String name) {
    var text = text(name);
    if (text != null && !Set.of("true", "false").contains(text.toLowerCase(Locale.ROOT))) {
      faults.add(name, "must be true or false");
    }
    return Boolean.parseBoolean(text);
  }
}
