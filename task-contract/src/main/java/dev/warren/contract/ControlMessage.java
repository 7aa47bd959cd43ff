package dev.warren.contract;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What all workers are to know: a message to {@link TaskTopology#CONTROL_EXCHANGE} whose body is
 * JSON, as {@code message-control.json} beside this class shows. What is told twice changes
 * nothing.
 *
 * @param cancelled ids of tasks that are not to be run, and to be interrupted where they run;
 *     beside those that were told before
 * @param paused keys of all queues that nothing is to be taken from; null where it says nothing of
 *     queues
 * @param asOf since when that is so at the latest, by one clock: what is older than what was heard
 *     before says nothing of queues either
 */
public record ControlMessage(
    Kind kind, List<String> cancelled, @Nullable Set<String> paused, @Nullable Instant asOf) {

  /** So many ids a worker keeps, and a snapshot has at most. */
  public static final int MAX_CANCELLED = 10_000;

  private static final JsonMapper JSON = JsonMapper.shared();

  /** What it is about. */
  public enum Kind {
    /** Tasks that were cancelled just now. */
    CANCEL,
    /** Which queues are paused. */
    QUEUES,
    /** Both, and all that is known: the answer to a worker that has started. */
    SNAPSHOT;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Kind> of(String word) {
      return Stream.of(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
  }

  /** These were cancelled. */
  public static ControlMessage cancel(Collection<String> ids) {
    return new ControlMessage(Kind.CANCEL, List.copyOf(ids), null, null);
  }

  /** These are paused, and no others. */
  public static ControlMessage queues(Set<String> paused, Instant asOf) {
    return new ControlMessage(Kind.QUEUES, List.of(), paused, asOf);
  }

  /** All there is to know. */
  public static ControlMessage snapshot(
      Collection<String> cancelled, Set<String> paused, Instant asOf) {
    return new ControlMessage(Kind.SNAPSHOT, List.copyOf(cancelled), paused, asOf);
  }

  /** As it is published. */
  public WireMessage toWire() {
    var body = JSON.createObjectNode().put("kind", kind.word());
    if (kind != Kind.QUEUES) {
      cancelled.forEach(body.putArray("cancelled")::add);
    }
    if (paused != null && asOf != null) {
      new TreeSet<>(paused).forEach(body.putArray("paused")::add);
      body.put("asOf", asOf.toString());
    }
    return new WireMessage(
        TaskTopology.CONTROL_EXCHANGE,
        "",
        UUID.randomUUID().toString(),
        null,
        null,
        null,
        null,
        null,
        Map.of(),
        JSON.writeValueAsBytes(body));
  }

  /** Reads what anybody may have sent; empty where it is of no known kind. */
  public static Optional<ControlMessage> from(byte[] body) {
    try {
      var json = JSON.readTree(body);
      return Kind.of(json.path("kind").asString("")).map(kind -> from(kind, json));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static ControlMessage from(Kind kind, JsonNode json) {
    var asOf = instant(json.path("asOf").asString(""));
    var paused = json.path("paused").isArray() && asOf != null ? texts(json.path("paused")) : null;
    return new ControlMessage(
        kind, texts(json.path("cancelled")), paused == null ? null : Set.copyOf(paused), asOf);
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.valueStream().filter(JsonNode::isString).forEach(each -> texts.add(each.asString()));
    return texts;
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
