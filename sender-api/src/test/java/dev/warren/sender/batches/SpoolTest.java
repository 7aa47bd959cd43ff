package dev.warren.sender.batches;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpoolTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final byte[] content = "x".repeat(100_000).getBytes(UTF_8);

  @Test
  void isReadAgain() throws Exception {
    try (var spool = spool();
        var input = spool.open()) {
      assertThat(input.readAllBytes()).isEqualTo(content);
      assertThat(spool.digest().digest())
          .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    }
  }

  /** Whoever kills it leaves nothing behind. */
  @Test
  void hasNoFileThatIsSeen_evenWhileItIsInUse() throws Exception {
    var before = files();
    try (var spool = spool()) {
      await().atMost(PATIENCE).until(() -> before.containsAll(files())); // others' come and go
      assertThat(spool.open()).hasBinaryContent(content);
    }
  }

  private Spool spool() throws Exception {
    var body =
        new BatchBody(
            new ByteArrayInputStream(content),
            Long.MAX_VALUE,
            System.nanoTime() + PATIENCE.toNanos());
    return Spool.of(body, MessageDigest.getInstance("SHA-256"));
  }

  private static Set<Path> files() throws IOException {
    var files = new HashSet<Path>();
    try (var all =
        Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "warren-batch-*")) {
      all.forEach(files::add);
    }
    return files;
  }
}
