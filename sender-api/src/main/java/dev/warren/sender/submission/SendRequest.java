package dev.warren.sender.submission;

import dev.warren.contract.MessagePayload;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.JsonBody;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Body of {@code POST /send}: {@code {"message": "Hello RabbitMQ!..."}} and nothing else.
 *
 * @param message acceptable as a {@link MessagePayload}
 */
record SendRequest(String message) {

  private static final String MESSAGE = "message";
  private static final String EXAMPLE = "{\"message\": \"Hello RabbitMQ!...\"}";
  private static final int MAX_ERRORS = 10;
  private static final int MAX_FIELD_NAME = 100;

  /**
   * @param body JSON in UTF-8
   * @throws RequestRefused saying what to change
   */
  static SendRequest parse(byte[] body) {
    var fields = new Fields();
    JsonBody.read(body, EXAMPLE, fields);
    return fields.request();
  }

  private static final class Fields implements JsonBody.FieldReader {

    private final List<FieldError> errors = new ArrayList<>();
    private @Nullable String message;
    private boolean found;

    @Override
    public void read(String field, JsonParser parser) {
      var value = parser.currentToken();
      if (!field.equals(MESSAGE)) {
        if (errors.size() == MAX_ERRORS) {
          throw new RequestRefused(Problem.ofFields(List.copyOf(errors)));
        }
        errors.add(new FieldError(cut(field), "is not known; the only field is message"));
        return;
      }
      found = true;
      if (value == JsonToken.VALUE_STRING) {
        message = parser.getString();
        MessagePayload.problemWith(message).ifPresent(it -> errors.add(error(it)));
      } else {
        errors.add(error("must be a string, not " + nameOf(value)));
      }
    }

    SendRequest request() {
      if (!found) {
        errors.add(0, error("is missing; send " + EXAMPLE));
      }
      if (message == null || !errors.isEmpty()) {
        throw new RequestRefused(Problem.ofFields(List.copyOf(errors)));
      }
      return new SendRequest(message);
    }
  }

  private static String cut(String field) {
    return field.length() <= MAX_FIELD_NAME ? field : field.substring(0, MAX_FIELD_NAME) + "...";
  }

  private static FieldError error(String detail) {
    return new FieldError(MESSAGE, detail);
  }

  private static String nameOf(@Nullable JsonToken value) {
    if (value == null) {
      return "nothing";
    }
    return switch (value) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      default -> "a number";
    };
  }
}
