package dev.warren.sender.control;

import dev.warren.contract.TaskState;
import dev.warren.sender.following.TaskFilter;
import dev.warren.sender.requests.Faults;
import dev.warren.sender.requests.Fields;
import dev.warren.sender.requests.JsonBody;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/tasks/cancel}.
 *
 * @param filter must be there, even if it is empty: nobody cancels everything by a typo
 */
record CancelRequest(TaskFilter filter, boolean dryRun) {

  private static final String EXAMPLE = "{\"filter\": {\"type\": \"message\"}, \"dryRun\": true}";
  private static final Set<String> FIELDS = Set.of("filter", "dryRun");
  private static final Set<String> FILTER_FIELDS =
      Set.of("type", "queue", "state", "label", "createdAfter", "createdBefore");

  private static final Set<TaskState> UNFINISHED =
      Arrays.stream(TaskState.values())
          .filter(state -> !state.isTerminal())
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(TaskState.class)));

  static CancelRequest parse(byte[] body) {
    var faults = new Faults();
    var fields = Fields.of(JsonBody.fieldsOf(body, EXAMPLE), FIELDS, faults);
    var filter = filterIn(fields);
    var dryRun = fields.flag("dryRun");
    faults.refuseIfAny();
    return new CancelRequest(filter, Boolean.TRUE.equals(dryRun));
  }

  private static TaskFilter filterIn(Fields fields) {
    var filter = fields.object("filter", FILTER_FIELDS);
    if (filter == null) {
      if (!fields.has("filter")) {
        fields.fault("filter", "is missing; {} is all that has not ended");
      }
      return new TaskFilter(UNFINISHED, null, null, null, null, null, null);
    }
    return new TaskFilter(
        statesIn(filter),
        filter.text("type"),
        filter.text("queue"),
        labelIn(filter),
        null,
        filter.time("createdAfter"),
        filter.time("createdBefore"));
  }

  private static Set<TaskState> statesIn(Fields filter) {
    var text = filter.text("state");
    if (text == null) {
      return UNFINISHED;
    }
    var states = EnumSet.noneOf(TaskState.class);
    for (var name : text.split(",", -1)) {
      UNFINISHED.stream().filter(state -> state.name().equals(name)).forEach(states::add);
    }
    if (states.size() < text.split(",", -1).length) {
      var all = UNFINISHED.stream().map(TaskState::name).collect(Collectors.joining(", "));
      filter.fault("state", "must be one or more of " + all + ", with commas");
    }
    return states;
  }

  private static TaskFilter.@Nullable Label labelIn(Fields filter) {
    var text = filter.text("label");
    if (text == null) {
      return null;
    }
    var label = TaskFilter.Label.of(text);
    if (label.isEmpty()) {
      filter.fault("label", TaskFilter.Label.EXPECTATION);
    }
    return label.orElse(null);
  }
}
