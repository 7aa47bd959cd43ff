package dev.warren.sender.following;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** The last task of a page: the next one begins behind it, whatever was added meanwhile. */
public record Cursor(Instant createdAt, String id) {

  static Cursor behind(TaskView last) {
    return new Cursor(last.createdAt(), last.id());
  }

  /** As the client gets it. */
  String text() {
    var text = createdAt.toEpochMilli() + " " + id;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Empty where it is none of ours. */
  static Optional<Cursor> of(String text) {
    try {
      var parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      var space = parts.indexOf(' ');
      if (space < 0 || parts.indexOf(0) >= 0) {
        return Optional.empty();
      }
      var millis = Long.parseLong(parts.substring(0, space));
      var isPlausible = Math.abs(millis) < Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();
      return isPlausible
          ? Optional.of(new Cursor(Instant.ofEpochMilli(millis), parts.substring(space + 1)))
          : Optional.empty();
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
