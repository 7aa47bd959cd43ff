package dev.warren.sender.streaming;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A part of all that happened, for many who listen: each event is written once for all of them, and
 * once for all who want the same. Used by one thread.
 */
final class EventPage {

  private static final byte[] NOTHING = {};

  private final List<LiveEvent> events;
  private final long readTo;
  private final boolean full;
  private final Map<Long, byte[]> encoded = new HashMap<>();
  private final Map<EventFilter, byte[]> chunks = new HashMap<>();
  private @Nullable Map<String, List<LiveEvent>> byTask;

  /**
   * @param readTo the id up to which it tells all
   * @param full whether there may be more behind it
   */
  EventPage(List<LiveEvent> events, long readTo, boolean full) {
    this.events = events;
    this.readTo = readTo;
    this.full = full;
  }

  List<LiveEvent> events() {
    return events;
  }

  long readTo() {
    return readTo;
  }

  boolean isFull() {
    return full;
  }

  /** What of it is wanted and behind this id, as it is sent. */
  byte[] chunk(EventFilter filter, long after) {
    var isNewToAll = events.isEmpty() || after < events.get(0).id();
    if (filter.taskId() == null && isNewToAll) {
      return chunks.computeIfAbsent(filter, same -> chunkOf(matching(same), after));
    }
    return chunkOf(matching(filter), after);
  }

  /** The same, one by one. */
  List<LiveEvent> wanted(EventFilter filter, long after) {
    return matching(filter).stream().filter(event -> event.id() > after).toList();
  }

  private byte[] chunkOf(List<LiveEvent> matching, long after) {
    if (matching.isEmpty()) {
      return NOTHING;
    }
    var chunk = new ByteArrayOutputStream();
    for (var event : matching) {
      if (event.id() > after) {
        chunk.writeBytes(encoded.computeIfAbsent(event.id(), id -> event.encoded()));
      }
    }
    return chunk.toByteArray();
  }

  private List<LiveEvent> matching(EventFilter filter) {
    return filter.taskId() == null
        ? events.stream().filter(filter::accepts).toList()
        : ofTask(filter.taskId());
  }

  /** Without its arrival, which its own events begin with anyway. */
  private List<LiveEvent> ofTask(String id) {
    if (byTask == null) {
      byTask =
          events.stream()
              .filter(event -> !event.isArrival())
              .collect(Collectors.groupingBy(LiveEvent::taskId));
    }
    return byTask.getOrDefault(id, List.of());
  }

  /** The last thing that it tells of this task behind this id; null where that is nothing. */
  @Nullable LiveEvent lastOf(String taskId, long after) {
    var all = ofTask(taskId);
    var last = all.isEmpty() ? null : all.get(all.size() - 1);
    return last == null || last.id() <= after ? null : last;
  }
}
