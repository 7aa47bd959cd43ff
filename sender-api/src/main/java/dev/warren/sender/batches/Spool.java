package dev.warren.sender.batches;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** A body in a file, to be read again, once, when all of it is there. */
final class Spool implements AutoCloseable {

  private final FileChannel file;
  private final MessageDigest digest;

  private Spool(FileChannel file, MessageDigest digest) {
    this.file = file;
    this.digest = digest;
  }

  /**
   * @param digest is given the body
   */
  static Spool of(BatchBody body, MessageDigest digest) throws IOException {
    var path = Files.createTempFile("warren-batch-", null);
    // On Linux its name is gone at once, so that a kill leaves nothing behind.
    var spool = new Spool(FileChannel.open(path, READ, WRITE, DELETE_ON_CLOSE), digest);
    try {
      spool.write(body);
      return spool;
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  private void write(BatchBody body) throws IOException {
    var buffered = new BufferedOutputStream(Channels.newOutputStream(file));
    var output = new DigestOutputStream(buffered, digest);
    for (var chunk = body.readChunk(); chunk.length > 0; chunk = body.readChunk()) {
      output.write(chunk);
    }
    output.flush();
  }

  MessageDigest digest() {
    return digest;
  }

  InputStream open() throws IOException {
    return Channels.newInputStream(file.position(0));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
