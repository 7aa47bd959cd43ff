package dev.warren.sender.batches;

import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** A body, byte by byte, which may neither be too large nor take too long. */
final class BatchBody {

  private final InputStream input;
  private final long limit;
  private final long until;
  private final byte[] buffer = new byte[16 * 1024];
  private int position;
  private int end;
  private boolean ended;
  private long length;

  /**
   * @param until by {@link System#nanoTime}
   */
  BatchBody(InputStream input, long limit, long until) {
    this.input = input;
    this.limit = limit;
    this.until = until;
  }

  /**
   * The next byte; -1 at the end.
   *
   * @throws RequestRefused where nothing more will be read
   */
  int read() {
    if (position == end && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /** The next bytes; none at the end. */
  byte[] readChunk() {
    if (position == end && !fill()) {
      return new byte[0];
    }
    var chunk = Arrays.copyOfRange(buffer, position, end);
    position = end;
    return chunk;
  }

  private boolean fill() {
    if (ended) {
      return false;
    }
    if (System.nanoTime() - until >= 0) {
      throw tooSlow();
    }
    try {
      var count = input.read(buffer);
      position = 0;
      end = Math.max(0, count);
      ended = count < 0;
    } catch (SocketTimeoutException e) {
      throw tooSlow();
    } catch (IOException e) {
      throw new RequestRefused(Problem.of(ProblemType.BAD_REQUEST, "The body was cut off."));
    }
    length += end;
    if (length > limit) {
      throw new RequestRefused(RequestHead.tooLarge(limit));
    }
    return !ended;
  }

  private static RequestRefused tooSlow() {
    return new RequestRefused(
        Problem.of(ProblemType.REQUEST_TIMEOUT, "Send the body faster, or fewer tasks at once."));
  }
}
