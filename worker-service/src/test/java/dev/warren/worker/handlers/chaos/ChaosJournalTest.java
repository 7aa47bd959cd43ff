package dev.warren.worker.handlers.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.contract.ChaosPayload;
import dev.warren.worker.WorkerProperties;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.TaskContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosJournalTest {

  private static final ChaosPayload PERMANENT = new ChaosPayload(null, true, null, null, null);
  private static final ChaosPayload HARMLESS = new ChaosPayload(null, null, null, null, null);

  @TempDir Path folder;

  @Test
  void tellsTheStartAndTheEndOfEachAttempt() throws Exception {
    var file = folder.resolve("executions");
    var handler = handler(file.toString());

    handler.handle(HARMLESS, new Attempt(1));
    assertThatThrownBy(() -> handler.handle(PERMANENT, new Attempt(2)))
        .isInstanceOf(PermanentFailure.class);

    assertThat(Files.readAllLines(file))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .containsExactly(
            "id-1 1 start worker-1",
            "id-1 1 end worker-1",
            "id-1 2 start worker-1",
            "id-1 2 end worker-1");
  }

  @Test
  void writesNothing_whereNoFileIsNamed() throws Exception {
    handler("").handle(HARMLESS, new Attempt(1));

    assertThat(folder).isEmptyDirectory();
  }

  private static ChaosHandler handler(String journal) {
    return new ChaosHandler(
        new WorkerProperties("worker-1", Duration.ofSeconds(1), List.of(), true, journal));
  }

  private record Attempt(int attempt) implements TaskContext {

    @Override
    public String id() {
      return "id-1";
    }

    @Override
    public Instant deadline() {
      return Instant.MAX;
    }

    @Override
    public void progress(int percent, String note) {}

    @Override
    public boolean isCancelled() {
      return false;
    }
  }
}
