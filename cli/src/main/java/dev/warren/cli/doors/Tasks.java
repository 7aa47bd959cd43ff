package dev.warren.cli.doors;

import dev.warren.cli.doors.Refused.Kind;
import dev.warren.cli.output.Json;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A task, as the API shows it. */
public final class Tasks {

  private static final Set<String> FAILED = Set.of("DEAD", "CANCELLED", "EXPIRED");

  private Tasks() {}

  /** What sends one, as {@code POST /v1/tasks} has it. */
  public static ObjectNode request(String type, JsonNode payload) {
    var request = Json.object().put("type", type);
    request.set("payload", payload);
    return request;
  }

  /** What came of it, by its state. */
  public static Reply reply(JsonNode task) throws Refused {
    var id = Json.text(task, "id");
    var state = Json.text(task, "state");
    if (hasFailed(task)) {
      throw failed(task, id, state);
    }
    return new Reply(id, state.equals("SUCCEEDED") ? resultOf(task) : null);
  }

  /** What is no JSON is there as Base64. */
  private static JsonNode resultOf(JsonNode task) {
    return task.path(task.has("resultBase64") ? "resultBase64" : "result");
  }

  /** Whether it, or what became of it by an event, is an end without a result. */
  public static boolean hasFailed(JsonNode task) {
    return FAILED.contains(Json.text(task, "state"));
  }

  private static Refused failed(JsonNode task, String id, String state) {
    var error = task.path("error");
    return error.isObject()
        ? new Refused(Kind.FAILED, Json.text(error, "class"), Json.text(error, "message"), id)
        : new Refused(Kind.FAILED, state.toLowerCase(Locale.ROOT), "the task is " + state, id);
  }
}
