package dev.warren.cli.doors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.cli.TestApi;
import dev.warren.cli.doors.Refused.Kind;
import dev.warren.cli.output.Json;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** By HTTP; the same by gRPC is in {@link GrpcDoorTest}. */
class FollowingTest {

  private static final String END = "event: end\ndata: {\"state\":\"SUCCEEDED\"}\n\n";

  private final List<String> notes = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<JsonNode> events = new ArrayList<>();
  private TestApi api = new TestApi();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void outlivesARestartOfTheApi() throws Refused {
    var url = URI.create(api.url());
    var port = api.port();
    api.streams(event(0, "queued") + event(5, "running"), true);

    following(url, () -> restart(port)).follow("t-1", events::add);

    assertThat(events.stream().map(event -> Json.text(event, "kind")))
        .containsExactly("queued", "running", "succeeded");
    assertThat(api.asked(0).header("Last-event-id")).isEqualTo("5");
    assertThat(api.asked(1).header("Last-event-id")).isEqualTo("5");
    assertThat(notes)
        .containsExactly(
            "The events have broken off (broken-off); asking again until interrupted.",
            "Here it is again; it goes on behind event 5.");
    assertThat(pauses.stream().map(Duration::toMillis))
        .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 8000L, 8000L);
  }

  /** It is away for a while; then it is there, and not ready yet. */
  private void restart(int port) {
    if (pauses.size() == 1) {
      api.close();
    } else if (pauses.size() == 7) {
      api = new TestApi(port);
      api.answers(503, "{\"type\":\"urn:warren:problem:ledger-behind\",\"detail\":\"Later.\"}")
          .streams(event(7, "succeeded") + END, false);
    }
  }

  @Test
  void ends_whenItIsRefused() {
    api.streams(event(5, "running"), true)
        .answers(401, "{\"type\":\"urn:warren:problem:key-unknown\",\"detail\":\"Revoked.\"}");
    var following = following(URI.create(api.url()), () -> {});

    var refused = catchThrowableOfType(Refused.class, () -> following.follow("t-1", events::add));

    assertThat(refused.kind()).isEqualTo(Kind.WRONG);
    assertThat(refused.code()).isEqualTo("key-unknown");
    assertThat(pauses).hasSize(1);
  }

  @Test
  void doesNotWaitForOneThatWasNeverThere() {
    api.close();
    var following = following(URI.create(api.url()), () -> {});

    var refused = catchThrowableOfType(Refused.class, () -> following.follow("t-1", events::add));

    assertThat(refused.code()).isEqualTo("unreachable");
    assertThat(pauses).isEmpty();
  }

  private Following following(URI url, Runnable meanwhile) {
    return new Following(
        new HttpDoor(url, null),
        notes::add,
        time -> {
          pauses.add(time);
          meanwhile.run();
        });
  }

  private static String event(int id, String kind) {
    return "id: %d\nevent: %s\ndata: {\"id\":%d,\"kind\":\"%s\"}\n\n".formatted(id, kind, id, kind);
  }
}
