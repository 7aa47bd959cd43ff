package dev.warren.sender.requests;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** A body that must be one JSON object in UTF-8, no field twice and nothing behind it. */
public final class JsonBody {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final String text;
  private final String example;

  private JsonBody(String text, String example) {
    this.text = text;
    this.example = example;
  }

  /**
   * The value of each field, as it stands in the body.
   *
   * @param example of what to send instead
   * @throws RequestRefused with {@code 400} where it is no such object
   */
  public static Map<String, String> fieldsOf(byte[] body, String example) {
    var fields = new LinkedHashMap<String, String>();
    var text = decode(body);
    new JsonBody(text, example).read((name, parser) -> fields.put(name, valueAt(parser, text)));
    return fields;
  }

  /**
   * @param example of what to send instead
   * @throws RequestRefused with {@code 400} where the body is not one value, of whatever kind
   */
  public static void requireValue(byte[] body, String example) {
    new JsonBody(decode(body), example).requireValue();
  }

  private void requireValue() {
    refuseNothing();
    try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      parser.skipChildren();
      requireEnd(parser);
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** Takes one field of the object. */
  public interface FieldReader {

    /**
     * @param parser at the first token of the value; whatever is left of it is skipped
     */
    void read(String name, JsonParser parser);
  }

  /**
   * Reads the object field by field.
   *
   * @param example of what to send instead
   * @throws RequestRefused with {@code 400} where it is no such object
   */
  public static void read(byte[] body, String example, FieldReader reader) {
    new JsonBody(decode(body), example).read(reader);
  }

  private void read(FieldReader reader) {
    refuseNothing();
    try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("The body must be a JSON object such as " + example + ".");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        parser.nextToken();
        reader.read(name, parser);
        parser.skipChildren();
      }
      requireEnd(parser);
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  private void refuseNothing() {
    if (text.isBlank()) {
      throw malformed("The request has no body; send " + example + ".");
    }
  }

  private static void requireEnd(JsonParser parser) {
    if (parser.nextToken() != null) {
      throw malformed("Something follows the JSON; send one value and nothing after it.");
    }
  }

  private RequestRefused malformed(JacksonException failure) {
    return malformed("Malformed JSON" + where(failure) + "; send " + example + ".");
  }

  private static String valueAt(JsonParser parser, String text) {
    var start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken();
    return text.substring(start, (int) parser.currentLocation().getCharOffset());
  }

  /** Where the parser stopped and why, without what it adds about its own sources. */
  private static String where(JacksonException failure) {
    var reason =
        failure
            .getOriginalMessage()
            .replaceFirst("\\s*\\([^()]*\\[Source:.*", "")
            .replaceFirst(": enable [`\\w.]+ to allow", "")
            .replaceFirst(", from `[^`]*`", "");
    var at = failure.getLocation();
    return at == null
        ? ": " + reason
        : " at line %d, column %d: %s".formatted(at.getLineNr(), at.getColumnNr(), reason);
  }

  private static String decode(byte[] body) {
    var bytes = ByteBuffer.wrap(body);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw malformed("The body is not UTF-8: see its byte " + bytes.position() + ".");
    }
  }

  private static RequestRefused malformed(String detail) {
    return new RequestRefused(Problem.of(ProblemType.MALFORMED_JSON, detail));
  }
}
