package dev.warren.sender.batches;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Takes the tasks of a body apart, one after the other; no more than one is ever held. */
abstract class TaskSplitter {

  private static final JsonFactory JSON = new JsonFactory();

  private final BatchBody body;
  private final int maxTask;
  private final ByteArrayOutputStream task = new ByteArrayOutputStream(1024);

  private TaskSplitter(BatchBody body, int maxTask) {
    this.body = body;
    this.maxTask = maxTask;
  }

  /**
   * Of a line for each task; blank ones are none.
   *
   * @param maxTask in bytes; of a larger one no more than one byte more is kept
   */
  static TaskSplitter ofLines(BatchBody body, int maxTask) {
    return new Lines(body, maxTask);
  }

  /** Of a JSON array. */
  static TaskSplitter ofArray(BatchBody body, int maxTask) {
    return new Elements(body, maxTask);
  }

  /**
   * The next task, as it stands; null behind the last.
   *
   * @throws RequestRefused where the body goes on in no way that makes sense
   */
  abstract byte @Nullable [] next();

  /** Whether nobody knows where the next one begins, behind one that was refused. */
  abstract boolean isBrokenBy(byte[] refused);

  final int read() {
    return body.read();
  }

  final void keep(int letter) {
    if (task.size() <= maxTask) {
      task.write(letter);
    }
  }

  final byte[] kept() {
    var bytes = task.toByteArray();
    task.reset();
    return bytes;
  }

  private static boolean isBlank(int letter) {
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
  }

  private static RequestRefused malformed(String detail) {
    return new RequestRefused(Problem.of(ProblemType.MALFORMED_JSON, detail));
  }

  private static final class Lines extends TaskSplitter {

    Lines(BatchBody body, int maxTask) {
      super(body, maxTask);
    }

    @Override
    byte @Nullable [] next() {
      var isEmpty = true;
      for (var letter = read(); letter >= 0; letter = read()) {
        if (letter == '\n' && !isEmpty) {
          return kept();
        }
        isEmpty = isEmpty && isBlank(letter);
        if (!isEmpty) {
          keep(letter);
        }
      }
      return isEmpty ? null : kept();
    }

    /** No line break is ever part of a line. */
    @Override
    boolean isBrokenBy(byte[] refused) {
      return false;
    }
  }

  /** Finds the commas between the elements; what an element is made of is for others to read. */
  private static final class Elements extends TaskSplitter {

    private final int most;
    private boolean begun;
    private boolean ended;

    Elements(BatchBody body, int maxTask) {
      super(body, maxTask);
      most = maxTask;
    }

    @Override
    byte @Nullable [] next() {
      if (!begun) {
        begin();
        var element = element();
        return ended && new String(element, StandardCharsets.UTF_8).isBlank() ? end() : element;
      }
      return ended ? end() : element();
    }

    private void begin() {
      begun = true;
      if (afterBlanks() != '[') {
        throw malformed("The body must be a JSON array of tasks; or send application/x-ndjson.");
      }
    }

    private byte @Nullable [] end() {
      if (afterBlanks() >= 0) {
        throw malformed("Something follows the JSON array; it was not read.");
      }
      return null;
    }

    private int afterBlanks() {
      var letter = read();
      while (isBlank(letter)) {
        letter = read();
      }
      return letter;
    }

    private byte[] element() {
      var depth = 0;
      for (var letter = read(); ; letter = read()) {
        if (letter < 0) {
          throw malformed("The array ends within a task, or without its closing bracket.");
        }
        if (depth == 0 && (letter == ',' || letter == ']')) {
          ended = letter == ']';
          return kept();
        }
        keep(letter);
        switch (letter) {
          case '"' -> keepText();
          case '{', '[' -> depth++;
          case '}', ']' -> depth = Math.max(0, depth - 1);
          default -> {}
        }
      }
    }

    private void keepText() {
      var letter = read();
      while (letter >= 0 && letter != '"') {
        keep(letter);
        if (letter == '\\') {
          keep(read());
        }
        letter = read();
      }
      keep(letter);
    }

    /**
     * Its brackets and quotes cannot be trusted, so that a text in it might be taken for a task.
     */
    @Override
    boolean isBrokenBy(byte[] refused) {
      if (refused.length > most) {
        return true;
      }
      try (var parser = JSON.createParser(ObjectReadContext.empty(), refused)) {
        if (parser.nextToken() == null) {
          return true;
        }
        parser.skipChildren();
        return parser.nextToken() != null;
      } catch (JacksonException e) {
        return true;
      }
    }
  }
}
