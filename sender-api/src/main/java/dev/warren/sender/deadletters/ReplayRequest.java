package dev.warren.sender.deadletters;

import dev.warren.sender.following.TaskFilter;
import dev.warren.sender.requests.Faults;
import dev.warren.sender.requests.Fields;
import dev.warren.sender.requests.JsonBody;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/dead-letters/replay}.
 *
 * @param filter must be there, even if it is empty: nobody replays everything by a typo
 * @param ratePerSecond 0 for all at once
 */
record ReplayRequest(DeadFilter filter, boolean dryRun, double ratePerSecond) {

  private static final String EXAMPLE = "{\"filter\": {\"type\": \"message\"}, \"dryRun\": true}";
  private static final BigDecimal MIN_RATE = new BigDecimal("0.001");
  private static final int MAX_RATE = 100_000;
  private static final Set<String> FIELDS = Set.of("filter", "dryRun", "ratePerSecond");
  private static final Set<String> FILTER_FIELDS =
      Set.of("type", "queue", "label", "fingerprint", "createdAfter", "createdBefore");

  static ReplayRequest parse(byte[] body) {
    var faults = new Faults();
    var fields = Fields.of(JsonBody.fieldsOf(body, EXAMPLE), FIELDS, faults);
    var filter = filterIn(fields);
    var dryRun = fields.flag("dryRun");
    var rate = fields.number("ratePerSecond", 0, MAX_RATE);
    if (rate != null && rate.signum() > 0 && rate.compareTo(MIN_RATE) < 0) {
      fields.fault("ratePerSecond", "must be 0 for all at once, or at least " + MIN_RATE);
    }
    faults.refuseIfAny();
    return new ReplayRequest(
        filter, Boolean.TRUE.equals(dryRun), (rate == null ? BigDecimal.ZERO : rate).doubleValue());
  }

  private static DeadFilter filterIn(Fields fields) {
    var filter = fields.object("filter", FILTER_FIELDS);
    if (filter == null) {
      if (!fields.has("filter")) {
        fields.fault("filter", "is missing; {} is all of the dead");
      }
      return DeadFilter.ALL;
    }
    return new DeadFilter(
        filter.text("type"),
        filter.text("queue"),
        labelIn(filter),
        filter.text("fingerprint"),
        filter.time("createdAfter"),
        filter.time("createdBefore"));
  }

  private static DeadFilter.@Nullable Label labelIn(Fields filter) {
    var text = filter.text("label");
    if (text == null) {
      return null;
    }
    var label = TaskFilter.Label.of(text);
    if (label.isEmpty()) {
      filter.fault("label", TaskFilter.Label.EXPECTATION);
    }
    return label.map(each -> new DeadFilter.Label(each.key(), each.value())).orElse(null);
  }
}
