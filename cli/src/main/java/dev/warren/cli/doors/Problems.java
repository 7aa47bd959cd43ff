package dev.warren.cli.doors;

import dev.warren.cli.doors.Refused.Kind;
import dev.warren.cli.output.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Answers of HTTP that are none of success: RFC 9457 problem details. */
final class Problems {

  static final String KEY_HINT = " A key goes into WARREN_KEY.";

  private Problems() {}

  static Refused refused(int status, String body) {
    var problem = problem(body);
    var detail = Json.text(problem, "detail");
    if (detail.isEmpty()) {
      detail = "the answer is " + status + ", and says no more; is that Warren's API?";
    }
    if (status == 401 || status == 403) {
      detail += KEY_HINT;
    }
    var id = Json.text(problem, problem.has("taskId") ? "taskId" : "id");
    return new Refused(kind(status), code(problem, status), detail, id.isEmpty() ? null : id);
  }

  private static JsonNode problem(String body) {
    try {
      return Json.read(body);
    } catch (JacksonException e) {
      return Json.object();
    }
  }

  private static Kind kind(int status) {
    return status >= 500 ? Kind.UNAVAILABLE : status == 422 ? Kind.FAILED : Kind.WRONG;
  }

  /** That of the service; else the last part of the problem's type. */
  private static String code(JsonNode problem, int status) {
    var code = Json.text(problem, "code");
    if (!code.isEmpty()) {
      return code;
    }
    var type = Json.text(problem, "type");
    return type.startsWith("urn:") ? type.substring(type.lastIndexOf(':') + 1) : "http-" + status;
  }
}
