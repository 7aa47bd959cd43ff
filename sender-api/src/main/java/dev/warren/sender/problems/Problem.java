package dev.warren.sender.problems;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer other than success, as RFC 9457 has it.
 *
 * @param detail says what to change
 * @param errors one for each field at fault; empty where no field is
 * @param taskId the id of the task whose outcome is unknown
 * @param extensions further members, of this type of problem
 * @param headers of the response, such as {@code Retry-After} in seconds
 */
public record Problem(
    ProblemType type,
    int status,
    String detail,
    List<FieldError> errors,
    @Nullable String taskId,
    Map<String, String> extensions,
    Map<String, String> headers) {

  public static final String MEDIA_TYPE = "application/problem+json";

  /**
   * What is wrong with one field.
   *
   * @param field its path in the body, such as {@code message}
   */
  public record FieldError(String field, String detail) {}

  public static Problem of(ProblemType type, String detail) {
    return new Problem(type, type.status(), detail, List.of(), null, Map.of(), Map.of());
  }

  public static Problem ofFields(List<FieldError> errors) {
    var detail = new StringBuilder();
    for (var error : errors) {
      detail.append(detail.isEmpty() ? "" : "; ").append(error.field()).append(' ');
      detail.append(error.detail());
    }
    var type = ProblemType.INVALID_REQUEST;
    return new Problem(
        type, type.status(), detail.append('.').toString(), errors, null, Map.of(), Map.of());
  }

  public Problem withTask(String id) {
    return new Problem(type, status, detail, errors, id, extensions, headers);
  }

  public Problem withExtensions(Map<String, String> members) {
    return new Problem(type, status, detail, errors, taskId, members, headers);
  }

  public Problem withHeader(String name, String value) {
    return new Problem(type, status, detail, errors, taskId, extensions, Map.of(name, value));
  }

  Problem withStatus(int other) {
    return new Problem(type, other, detail, errors, taskId, extensions, headers);
  }

  /** Writes it as the whole response. */
  public void writeTo(HttpServletResponse response) throws IOException {
    var body = JsonMapper.shared().writeValueAsBytes(members());
    response.setStatus(status);
    headers.forEach(response::setHeader);
    response.setContentType(MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /** Its JSON. */
  public Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("type", type.uri());
    members.put("title", type.title());
    members.put("status", status);
    members.put("detail", detail);
    if (!errors.isEmpty()) {
      members.put("errors", errors);
    }
    if (taskId != null) {
      members.put("id", taskId);
    }
    members.putAll(extensions);
    return members;
  }
}
