package dev.warren.sender.requests;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Reads a body as it arrives: a slow client holds no thread, and no more is kept than allowed. */
public final class RequestBody implements ReadListener {

  /** What comes of the body. */
  public interface Receiver {
    void received(byte[] body);

    void tooLarge();

    void failed();
  }

  private final ServletInputStream input;
  private final int limit;
  private final Receiver receiver;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(512);
  private final byte[] chunk = new byte[2048];
  private boolean tooLarge;

  public RequestBody(ServletInputStream input, int limit, Receiver receiver) {
    this.input = input;
    this.limit = limit;
    this.receiver = receiver;
  }

  @Override
  public void onDataAvailable() throws IOException {
    while (!tooLarge && input.isReady()) {
      var length = input.read(chunk);
      if (length < 0) {
        return;
      }
      body.write(chunk, 0, length);
      if (body.size() > limit) {
        tooLarge = true;
        receiver.tooLarge();
      }
    }
  }

  @Override
  public void onAllDataRead() {
    if (!tooLarge) {
      receiver.received(body.toByteArray());
    }
  }

  @Override
  public void onError(Throwable failure) {
    receiver.failed();
  }
}
