package dev.warren.contract;

import dev.warren.contract.InvalidPayload.Violation;
import jakarta.validation.Validator;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Binds a payload to its type's record and checks the record's constraints. */
public final class PayloadReader {

  private static final JsonMapper TOLERANT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                for (var shape :
                    List.of(
                        CoercionInputShape.Integer,
                        CoercionInputShape.Float,
                        CoercionInputShape.Boolean)) {
                  text.setCoercion(shape, CoercionAction.Fail);
                }
              })
          .build();

  private static final JsonMapper STRICT =
      TOLERANT.rebuild().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Validator validator;
  private final JsonMapper json;

  private PayloadReader(Validator validator, JsonMapper json) {
    this.validator = validator;
    this.json = json;
  }

  /** Refuses fields that the record does not have: for the door, where a typo is found. */
  public static PayloadReader strict(Validator validator) {
    return new PayloadReader(validator, STRICT);
  }

  /** Ignores fields that the record does not have: a newer API may know more than this worker. */
  public static PayloadReader tolerant(Validator validator) {
    return new PayloadReader(validator, TOLERANT);
  }

  /**
   * Reads JSON in UTF-8.
   *
   * @throws InvalidPayload naming each field at fault
   */
  public <P> P read(byte[] payload, Class<P> type) throws InvalidPayload {
    var bound = bind(payload, type);
    var violations =
        validator.validate(bound).stream()
            .map(each -> new Violation(each.getPropertyPath().toString(), each.getMessage()))
            .sorted(Comparator.comparing(Violation::path).thenComparing(Violation::detail))
            .collect(Collectors.toList());
    if (!violations.isEmpty()) {
      throw new InvalidPayload(violations);
    }
    return bound;
  }

  private <P> P bind(byte[] payload, Class<P> type) throws InvalidPayload {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      var bound = json.readValue(text, type);
      if (bound == null) {
        throw invalid("", "must not be null");
      }
      return bound;
    } catch (CharacterCodingException e) {
      throw invalid("", "must be UTF-8");
    } catch (UnrecognizedPropertyException e) {
      var known = e.getKnownPropertyIds().stream().map(Object::toString).sorted().toList();
      throw invalid(
          pathOf(e),
          "is not known; there are " + (known.isEmpty() ? "none" : String.join(", ", known)));
    } catch (JacksonException e) {
      throw invalid(pathOf(e), "must fit the type: " + reasonOf(e));
    }
  }

  private static InvalidPayload invalid(String path, String detail) {
    return new InvalidPayload(List.of(new Violation(path, detail)));
  }

  /** Where in the payload, such as {@code items[2].name}. */
  private static String pathOf(JacksonException failure) {
    var path = new StringBuilder();
    if (failure instanceof DatabindException) {
      for (var each : failure.getPath()) {
        if (each.getPropertyName() == null) {
          path.append('[').append(each.getIndex()).append(']');
        } else {
          path.append(path.isEmpty() ? "" : ".").append(each.getPropertyName());
        }
      }
    }
    return path.toString();
  }

  /** What Jackson says, without its advice to programmers and its class names' packages. */
  private static String reasonOf(JacksonException failure) {
    return failure
        .getOriginalMessage()
        .replaceFirst("\\s*\\(but .*", "")
        .replaceFirst(": enable [`\\w.]+ to allow", "")
        .replaceFirst(", from `[^`]*`", "")
        .replaceFirst("\\s*\\([^()]*\\[Source:.*", "")
        .replaceAll("`(?:[\\w$]+\\.)+([\\w$]+)`", "$1");
  }
}
