package dev.warren.cli.doors;

import dev.warren.cli.doors.Refused.Kind;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Hears of a task until its end, whatever befalls the API meanwhile: where the stream breaks it is
 * gone on with behind the last event, for as long as it takes.
 */
public final class Following {

  /** Lets time pass between two attempts. */
  @FunctionalInterface
  public interface Pause {
    void last(Duration time) throws InterruptedException;
  }

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  private final Door door;
  private final Consumer<String> notes;
  private final Pause pause;
  private @Nullable Long lastId;

  /** The next one; null while the stream lasts. */
  private @Nullable Duration nextPause;

  /**
   * @param notes what is to be said beside the events
   */
  public Following(Door door, Consumer<String> notes, Pause pause) {
    this.door = door;
    this.notes = notes;
    this.pause = pause;
  }

  /** Tells the events; what never began is not waited for, nor what is refused. */
  public void follow(String id, Consumer<JsonNode> events) throws Refused {
    while (true) {
      try {
        door.watch(id, lastId, event -> tell(event, events));
        return;
      } catch (Refused refused) {
        if (lastId == null || refused.kind() != Kind.UNAVAILABLE) {
          throw refused;
        }
        rest(refused);
      }
    }
  }

  private void tell(JsonNode event, Consumer<JsonNode> events) {
    if (nextPause != null) {
      nextPause = null;
      notes.accept("Here it is again; it goes on behind event " + lastId + ".");
    }
    events.accept(event);
    if (event.has("id")) {
      var eventId = event.path("id").asLong();
      lastId = lastId == null ? eventId : Math.max(lastId, eventId);
    }
  }

  private void rest(Refused refused) throws Refused {
    if (nextPause == null) {
      nextPause = SHORTEST_PAUSE;
      notes.accept(
          "The events have broken off (" + refused.code() + "); asking again until interrupted.");
    }
    try {
      pause.last(nextPause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused;
    }
    var longer = nextPause.multipliedBy(2);
    nextPause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }
}
