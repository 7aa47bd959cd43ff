package dev.warren.sender.foreign;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Why a reply is dropped. */
enum Drop {
  /** The caller and its queue are not there any more. */
  GONE,
  /** Its queue takes no more, or nobody may be answered there. */
  REFUSED,
  /** The connection ended before the broker had confirmed it. */
  LOST,
  /** More of them wait already than may. */
  OVERFLOW;

  /** Counts the replies that nobody gets. */
  static final class Counters {

    private final Map<Drop, Counter> counters = new EnumMap<>(Drop.class);

    Counters(MeterRegistry meters) {
      for (var drop : values()) {
        var counter =
            Counter.builder("warren.foreign.replies.dropped")
                .description("Replies to foreign callers that nobody gets")
                .tag("reason", drop.name().toLowerCase(Locale.ROOT))
                .register(meters);
        counters.put(drop, counter);
      }
    }

    void count(Drop drop, int replies) {
      var counter = counters.get(drop);
      if (counter != null) {
        counter.increment(replies);
      }
    }
  }
}
