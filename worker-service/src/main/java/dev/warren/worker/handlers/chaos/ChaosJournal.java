package dev.warren.worker.handlers.chaos;

import dev.warren.worker.handlers.TaskContext;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A file with a line {@code ID ATTEMPT start|end WORKER TIME} for each attempt that began and ended
 * here. Nothing of Warren reads it: it is for whoever checks what Warren says.
 *
 * @param file empty for none
 */
record ChaosJournal(String worker, String file) {

  void started(TaskContext task) {
    add(task, "start");
  }

  void ended(TaskContext task) {
    add(task, "end");
  }

  private void add(TaskContext task, String what) {
    if (file.isEmpty()) {
      return;
    }
    var line = "%s %d %s %s %s%n".formatted(task.id(), task.attempt(), what, worker, Instant.now());
    // Not a channel, which an interrupt would close; opened to append, one write is whole.
    try (var stream = new FileOutputStream(file, true)) {
      stream.write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
