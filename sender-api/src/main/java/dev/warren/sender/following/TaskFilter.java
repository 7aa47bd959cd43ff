package dev.warren.sender.following;

import static java.util.stream.Collectors.joining;

import dev.warren.contract.TaskState;
import dev.warren.sender.requests.Parameters;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list; null asks for any.
 *
 * @param states empty for any
 * @param createdAfter at it or later
 * @param createdBefore earlier than it
 */
public record TaskFilter(
    Set<TaskState> states,
    @Nullable String type,
    @Nullable String queue,
    @Nullable Label label,
    @Nullable String fingerprint,
    @Nullable Instant createdAfter,
    @Nullable Instant createdBefore) {

  /** What filters any list. */
  public static final Set<String> PARAMETERS =
      Set.of("type", "queue", "label", "createdAfter", "createdBefore");

  private static final Pattern LABEL = Pattern.compile("([A-Za-z0-9._-]{1,63}):([^\\x00]{0,255})");

  /** A label that a task must have. */
  public record Label(String key, String value) {

    public static final String EXPECTATION =
        "must be a key, a colon and a value, such as customer:4711";

    /**
     * @param text such as {@code customer:4711}
     */
    public static Optional<Label> of(String text) {
      var match = LABEL.matcher(text);
      return match.matches()
          ? Optional.of(new Label(match.group(1), match.group(2)))
          : Optional.empty();
    }
  }

  /** What the parameters ask for; faults are added to them. */
  static TaskFilter of(Parameters parameters) {
    return of(parameters, statesIn(parameters), null);
  }

  private static TaskFilter of(
      Parameters parameters, Set<TaskState> states, @Nullable String fingerprint) {
    return new TaskFilter(
        states,
        parameters.text("type", TaskFilter::isName, "must be 1 to 255 characters"),
        parameters.text("queue", TaskFilter::isName, "must be 1 to 255 characters"),
        labelIn(parameters),
        fingerprint,
        parameters.time("createdAfter"),
        parameters.time("createdBefore"));
  }

  /** Of dead tasks only. */
  public static TaskFilter ofDead(Parameters parameters) {
    var fingerprint =
        parameters.text("fingerprint", TaskFilter::isName, "must be 1 to 64 characters");
    return of(parameters, EnumSet.of(TaskState.DEAD), fingerprint);
  }

  /** Whether there may be a type or a queue of this name. */
  public static boolean isName(String text) {
    return !text.isEmpty() && text.length() <= 255 && text.indexOf(0) < 0;
  }

  /** Those that the parameter {@code state} names; faults are added. */
  public static Set<TaskState> statesIn(Parameters parameters) {
    var states = EnumSet.noneOf(TaskState.class);
    var text = parameters.text("state");
    if (text == null) {
      return states;
    }
    for (var name : text.split(",", -1)) {
      try {
        states.add(TaskState.valueOf(name));
      } catch (IllegalArgumentException e) {
        parameters.fault("state", "must be one or more of " + allStates() + ", with commas");
      }
    }
    return states;
  }

  private static String allStates() {
    return Arrays.stream(TaskState.values()).map(TaskState::name).collect(joining(", "));
  }

  private static @Nullable Label labelIn(Parameters parameters) {
    var text = parameters.text("label");
    var label = text == null ? Optional.<Label>empty() : Label.of(text);
    if (text != null && label.isEmpty()) {
      parameters.fault("label", Label.EXPECTATION);
    }
    return label.orElse(null);
  }
}
