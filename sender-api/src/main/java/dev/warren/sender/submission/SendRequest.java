package dev.warren.sender.submission;

import dev.warren.contract.MessagePayload;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.Problem.FieldError;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

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
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /**
   * @param body JSON in UTF-8
   * @throws RequestRefused saying what to change
   */
  static SendRequest parse(byte[] body) {
    var text = decode(body);
    if (text.isBlank()) {
      throw malformed("The request has no body; send " + EXAMPLE + ".");
    }
    try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      return parse(parser);
    } catch (JacksonException e) {
      throw malformed("Malformed JSON" + where(e) + "; send " + EXAMPLE + ".");
    }
  }

  /** Where the parser stopped and why, without what it adds about its own sources. */
  private static String where(JacksonException failure) {
    var reason =
        failure
            .getOriginalMessage()
            .replaceFirst("\\s*\\([^()]*\\[Source:.*", "")
            .replaceFirst(", from `[^`]*`", "");
    var at = failure.getLocation();
    return at == null
        ? ": " + reason
        : " at line %d, column %d: %s".formatted(at.getLineNr(), at.getColumnNr(), reason);
  }

  private static SendRequest parse(JsonParser parser) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw malformed("The body must be a JSON object such as " + EXAMPLE + ".");
    }
    var errors = new ArrayList<FieldError>();
    String message = null;
    var found = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var field = parser.currentName();
      var value = parser.nextToken();
      if (!field.equals(MESSAGE)) {
        if (errors.size() == MAX_ERRORS) {
          throw new RequestRefused(Problem.ofFields(List.copyOf(errors)));
        }
        errors.add(new FieldError(cut(field), "is not known; the only field is message"));
      } else {
        found = true;
        if (value == JsonToken.VALUE_STRING) {
          message = parser.getString();
          MessagePayload.problemWith(message).ifPresent(it -> errors.add(error(it)));
        } else {
          errors.add(error("must be a string, not " + nameOf(value)));
        }
      }
      parser.skipChildren();
    }
    if (parser.nextToken() != null) {
      throw malformed("Something follows the JSON object; send one object and nothing after it.");
    }
    if (!found) {
      errors.add(0, error("is missing; send " + EXAMPLE));
    }
    if (message == null || !errors.isEmpty()) {
      throw new RequestRefused(Problem.ofFields(List.copyOf(errors)));
    }
    return new SendRequest(message);
  }

  private static String decode(byte[] body) {
    var bytes = ByteBuffer.wrap(body);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw malformed("The body is not UTF-8: see its byte " + bytes.position() + ".");
    }
  }

  private static String cut(String field) {
    return field.length() <= MAX_FIELD_NAME ? field : field.substring(0, MAX_FIELD_NAME) + "...";
  }

  private static FieldError error(String detail) {
    return new FieldError(MESSAGE, detail);
  }

  private static RequestRefused malformed(String detail) {
    return new RequestRefused(Problem.of(ProblemType.MALFORMED_JSON, detail));
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
