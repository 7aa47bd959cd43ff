package dev.warren.sender.batches;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** A body in a file, to be read again once all of it is there. */
final class Spool implements AutoCloseable {

  private final Path file;
  private final MessageDigest digest;

  private Spool(Path file, MessageDigest digest) {
    this.file = file;
    this.digest = digest;
  }

  /**
   * @param digest is given the body
   */
  static Spool of(BatchBody body, MessageDigest digest) throws IOException {
    var spool = new Spool(Files.createTempFile("warren-batch-", null), digest);
    try {
      spool.write(body);
      return spool;
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  private void write(BatchBody body) throws IOException {
    try (var file = new BufferedOutputStream(Files.newOutputStream(this.file));
        var output = new DigestOutputStream(file, digest)) {
      for (var chunk = body.readChunk(); chunk.length > 0; chunk = body.readChunk()) {
        output.write(chunk);
      }
    }
  }

  MessageDigest digest() {
    return digest;
  }

  InputStream open() throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
