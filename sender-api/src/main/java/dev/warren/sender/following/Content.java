package dev.warren.sender.following;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.util.RawValue;

/**
 * A payload or a result in an answer.
 *
 * @param json as it came, where it is JSON
 * @param base64 where it is not
 */
public record Content(@Nullable RawValue json, @Nullable String base64) {

  static final Content NONE = new Content(null, null);

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * @param bytes empty where there is none
   */
  static Content of(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return NONE;
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (isOneValue(text)) {
        return new Content(new RawValue(text), null);
      }
    } catch (CharacterCodingException | JacksonException e) {
      // foreign clients may send what they like
    }
    return new Content(null, Base64.getEncoder().encodeToString(bytes));
  }

  /** Whether it is JSON, and not nothing. */
  public static boolean isJson(byte[] bytes) {
    return of(bytes).json != null;
  }

  private static boolean isOneValue(String text) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    }
  }
}
